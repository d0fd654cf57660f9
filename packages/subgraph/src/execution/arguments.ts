import { isStorableText } from '@marquee/runtime/text';
import {
  type FieldNode,
  type GraphQLField,
  GraphQLID,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLString,
  getArgumentValues,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { userInputError } from '../user-input-error.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * The arguments of a field. Where it reads, all text in them is such that a database can compare it. Neither U+0000 nor half of a surrogate
 * pair can be stored, so an id that holds one is the id of nothing: it gets U+FFFD in its place, as decoders of UTF-8 do it, and the
 * ids that it came with are found all the same. Other text that holds one is refused. Mutations look at what they are given themselves.
 *
 * @throws GraphQLError `BAD_USER_INPUT`, or as graphql-js says of arguments that do not fit
 */
export function fieldArguments(
  schema: GraphQLSchema,
  parentType: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables?: Values,
): Record<string, unknown> {
  const args = getArgumentValues(definition, node, variables);
  if (parentType === schema.getMutationType() || isStorable(args)) return args;
  return Object.fromEntries(
    definition.args
      .filter(({ name }) => Object.hasOwn(args, name))
      .map(({ name, type }) => [name, storable(type, args[name], name)]),
  );
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value !== 'object' || value === null || value instanceof Date) return true;
  for (const key in value) if (!isStorable((value as Values)[key])) return false;
  return true;
}

function storable(type: GraphQLInputType, value: unknown, path: string): unknown {
  if (isStorable(value)) return value;
  const nullable = getNullableType(type);
  if (nullable === GraphQLString) {
    throw userInputError(`\`${path}\` must hold neither the character U+0000 nor half of a surrogate pair.`);
  }
  if (nullable === GraphQLID) return replaced(value);
  if (isListType(nullable)) return (value as unknown[]).map((item) => storable(nullable.ofType, item, path));
  if (isInputObjectType(nullable)) {
    const fields = nullable.getFields();
    return Object.fromEntries(
      Object.entries(value as Values).map(([name, member]) => {
        const field = fields[name];
        return [name, field === undefined ? member : storable(field.type, member, `${path}.${name}`)];
      }),
    );
  }
  // A scalar of any shape: Federation's `_Any`, whose text is an entity's key.
  return replaced(value);
}

function replaced(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd');
  if (Array.isArray(value)) return value.map(replaced);
  if (isStorable(value)) return value;
  return Object.fromEntries(Object.entries(value as Values).map(([key, member]) => [key, replaced(member)]));
}
