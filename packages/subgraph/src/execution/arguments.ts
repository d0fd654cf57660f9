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
  isScalarType,
} from 'graphql';
import { LocalDate } from '../scalars.ts';
import { userInputError } from '../user-input-error.ts';

/** A day of year 0, which Postgres lacks (https://www.postgresql.org/docs/current/datatype-datetime.html). */
const YEAR_ZERO = '0000-';

type Values = Readonly<Record<string, unknown>>;

/**
 * Returns a field's arguments. Those of a query's field have only values that a database can compare:
 *
 * - Text that cannot be stored (U+0000, half of a surrogate pair) is refused. In an id, U+FFFD replaces the character, as decoders of
 *   UTF-8 do: no entity has the id, and the other ids of its list are found.
 * - Days are of the years 1 to 9999: Postgres has no year 0.
 * - Numbers are finite: graphql-js coerces the literal `1e400` to Infinity.
 *
 * Mutations check their arguments themselves, and return faults as data.
 *
 * @throws GraphQLError `BAD_USER_INPUT`, or graphql-js's error for arguments of another type
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

/** Checks a value without its type: {@link storable} checks text again that begins like a day of year 0. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value) && !value.startsWith(YEAR_ZERO);
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value !== 'object' || value === null || value instanceof Date) return true;
  for (const key in value) if (!isStorable((value as Values)[key])) return false;
  return true;
}

function storable(type: GraphQLInputType, value: unknown, path: string): unknown {
  if (isStorable(value)) return value;
  const nullable = getNullableType(type);
  if (typeof value === 'number') throw userInputError(`\`${path}\` must be a finite number.`);
  if (isScalarType(nullable) && nullable.name === LocalDate.name) {
    throw userInputError(`\`${path}\` must lie between the years 1 and 9999.`);
  }
  if (nullable === GraphQLString) {
    if (isStorableText(value as string)) return value;
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
