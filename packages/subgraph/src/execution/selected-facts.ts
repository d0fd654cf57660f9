import {
  type FieldNode,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';

/** The part of `info` from which a selection is read. */
export type SelectionInfo = Pick<
  GraphQLResolveInfo,
  'schema' | 'fragments' | 'variableValues' | 'fieldNodes' | 'returnType'
>;

declare const notRead: unique symbol;

/** A fact that a resolver does not name, and so may not be there: no value has this type. */
export interface NotRead {
  readonly [notRead]: true;
}

/** An object of which only some facts were read: `Named` ones are there, others cannot be used. */
export type Facts<All extends object, Named extends keyof All> = Pick<All, Named> & {
  readonly [Other in Exclude<keyof All, Named>]: NotRead;
};

const FACTS = Symbol('facts');

/** Held by resolvers that {@link readingFacts} made, and by no others. */
export interface NamesFacts {
  readonly [FACTS]: readonly string[];
}

/**
 * Returns a function that makes resolvers of a type whose objects are read fact by fact. A resolver gets the facts that it names, and
 * `Always`; to use another one does not compile.
 */
export function readingFacts<All extends object, Always extends keyof All, Context>() {
  return <const Named extends keyof All & string = never, Args = unknown>(
    facts: readonly Named[],
    resolve: (source: Facts<All, Named | Always>, args: Args, context: Context, info: GraphQLResolveInfo) => unknown,
  ): typeof resolve & NamesFacts => Object.assign(resolve, { [FACTS]: facts });
}

/** The facts that each field needs, by type and field. */
type FieldFacts = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const declared = new WeakMap<GraphQLSchema, FieldFacts>();

/**
 * Declares the facts of which objects of some types are made. A field needs those that its resolver names; without a resolver it is the
 * fact of its own name.
 *
 * @param facts by type, every fact that can be read
 * @throws Error for a field whose resolver names no facts, or that has neither a resolver nor a fact: it would be null without a word
 */
export function declareFacts(schema: GraphQLSchema, facts: Readonly<Record<string, readonly string[]>>): void {
  const types = Object.entries(facts).map(([name, known]) => {
    const type = schema.getType(name);
    if (!isObjectType(type))
      throw new Error(`Facts are declared for ${name}, which is no object type of the schema: remove or rename it.`);
    const fields = Object.values(type.getFields()).map((field) => {
      const coordinate = `${name}.${field.name}`;
      const needed = neededBy(coordinate, field.name, field.resolve, known);
      const unknown = needed.filter((fact) => !known.includes(fact));
      if (unknown.length > 0)
        throw new Error(
          `${coordinate} needs ${unknown.join(', ')}, which ${name} does not have: add it to the facts of ${name}.`,
        );
      return [field.name, needed] as const;
    });
    return [name, new Map(fields)] as const;
  });
  declared.set(schema, new Map(types));
}

function neededBy(
  coordinate: string,
  name: string,
  resolve: GraphQLFieldResolver<unknown, unknown> | undefined,
  known: readonly string[],
): readonly string[] {
  if (resolve === undefined) {
    if (known.includes(name)) return [name];
    throw new Error(
      `${coordinate} has no resolver, and no fact has its name: give it a resolver that names its facts.`,
    );
  }
  const facts = (resolve as Partial<NamesFacts>)[FACTS];
  if (facts !== undefined) return facts;
  throw new Error(`The resolver of ${coordinate} does not say which facts it reads: make it with \`readingFacts\`.`);
}

/**
 * Returns the facts that an operation needs of the objects of a type that lie at `path` below the field that is being resolved, such as
 * `edges`, `node` of a connection, sorted by name.
 */
export function selectedFacts(info: SelectionInfo, typeName: string, path: readonly string[]): readonly string[] {
  const needs = declared.get(info.schema)?.get(typeName);
  if (needs === undefined) throw new Error(`No facts of ${typeName} are declared: pass them to declareFacts.`);
  let nodes: readonly FieldNode[] = info.fieldNodes;
  let type: GraphQLOutputType = info.returnType;
  for (const name of path) {
    const next: FieldNode[] = [];
    for (const possible of possibleTypes(info.schema, type)) {
      const field = possible.getFields()[name];
      if (field === undefined) continue;
      for (const selected of subfields(info, possible, nodes)) if (selected.name.value === name) next.push(selected);
      type = field.type;
    }
    nodes = next;
  }
  const objectType = info.schema.getType(typeName) as GraphQLObjectType;
  const facts = new Set<string>();
  for (const { name } of subfields(info, objectType, nodes)) {
    for (const fact of needs.get(name.value) ?? []) facts.add(fact);
  }
  return [...facts].toSorted();
}

function subfields(
  { schema, fragments, variableValues }: SelectionInfo,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): readonly FieldNode[] {
  // graphql-js's own collection: fragments, conditions and aliases are those of the execution.
  return [...collectSubfields(schema, fragments, variableValues, type, nodes).values()].flat();
}

function possibleTypes(schema: GraphQLSchema, type: GraphQLOutputType): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}
