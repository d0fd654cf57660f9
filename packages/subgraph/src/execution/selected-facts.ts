import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';

/** The part of `info` from which a selection is read. */
export type SelectionInfo = Pick<
  GraphQLResolveInfo,
  'schema' | 'fragments' | 'variableValues' | 'fieldNodes' | 'returnType'
>;

declare const notRead: unique symbol;

/** The type of a fact that a resolver does not name: no value has it, since the fact may be missing. */
export interface NotRead {
  readonly [notRead]: true;
}

/** An object of which only some facts were read: the `Named` ones can be used. */
export type Facts<All extends object, Named extends keyof All> = Pick<All, Named> & {
  readonly [Other in Exclude<keyof All, Named>]: NotRead;
};

const FACTS = Symbol('facts');

/** Marks resolvers of {@link readingFacts} and {@link readingWhole}. */
export interface NamesFacts {
  readonly [FACTS]: readonly string[];
}

/** A resolver of objects of this type, with the facts that it reads. */
export type FactResolver<Source, Args, Context> = NamesFacts &
  ((source: Source, args: Args, context: Context, info: GraphQLResolveInfo) => unknown);

/**
 * Returns a function that makes resolvers of a type whose objects are read fact by fact. A resolver gets the facts that it names, and
 * `Always`; using another one does not compile. It throws when a named fact was not read.
 */
export function readingFacts<All extends object, Always extends keyof All, Context>() {
  return <const Named extends keyof All & string = never, Args = unknown>(
    facts: readonly Named[],
    resolve: (source: Facts<All, Named | Always>, args: Args, context: Context, info: GraphQLResolveInfo) => unknown,
  ): FactResolver<Pick<All, Always>, Args, Context> => {
    const resolveWhenRead = (source: Pick<All, Always>, args: Args, context: Context, info: GraphQLResolveInfo) => {
      const missing = facts.find((fact) => !(fact in source));
      if (missing === undefined) return resolve(source as Facts<All, Named | Always>, args, context, info);
      throw new Error(`${info.parentType.name}.${info.fieldName} needs ${missing}, which was not read: select it.`);
    };
    return Object.assign(resolveWhenRead, { [FACTS]: facts });
  };
}

/** Returns a function that makes resolvers of a type whose objects are always read whole. */
export function readingWhole<All extends object, Context>() {
  return <Args = unknown>(
    resolve: (source: All, args: Args, context: Context, info: GraphQLResolveInfo) => unknown,
  ): FactResolver<All, Args, Context> => Object.assign(resolve, { [FACTS]: [] });
}

/** Properties of every object of a type; an optional one is no fact. */
type Fact<Source> = { [Name in keyof Source]-?: undefined extends Source[Name] ? never : Name }[keyof Source] & string;

/** The facts of each type of a schema. `Objects` maps names of types to the types of their objects. */
export type FactsOf<Objects> = { readonly [Type in keyof Objects]: readonly Fact<Objects[Type]>[] };

/** Resolvers by type and field, for objects of their type. */
export type ResolversOf<Objects> = Readonly<Record<string, object>> & {
  readonly [Type in keyof Objects]?: Readonly<
    Record<string, (source: Objects[Type], args: never, context: never, info: never) => unknown>
  >;
};

/** The facts that each field needs, by type and field. */
type FieldFacts = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const declared = new WeakMap<GraphQLSchema, FieldFacts>();

/**
 * Declares the facts of the objects of all types. A field needs the facts that its resolver names; a field without a resolver is the
 * fact of its name. Fields of the root types need a resolver, and entities a reference resolver.
 *
 * @param facts every fact that can be read, by type, without the root types
 * @throws Error that names every field that would be null without an error: it has neither a resolver nor a fact, or its resolver reads
 *   facts that it does not name
 */
export function declareFacts(schema: GraphQLSchema, facts: Readonly<Record<string, readonly string[]>>): void {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  // Names that begin with an underscore are those of introspection and of the federation specification.
  const objectTypes = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('_'));
  const types = objectTypes.filter((type) => !roots.includes(type));
  const faults: string[] = [];
  for (const name of Object.keys(facts)) {
    if (!types.some((type) => type.name === name))
      faults.push(`Facts are declared for ${name}, which is no object type of the schema: remove or rename it.`);
  }
  for (const type of objectTypes.filter((type) => roots.includes(type))) {
    for (const { name, resolve } of Object.values(type.getFields())) {
      if (resolve === undefined) faults.push(`${type.name}.${name} has no resolver: add one.`);
    }
  }
  const needs = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const type of types) {
    const declaredFacts = facts[type.name];
    if (declaredFacts === undefined) {
      faults.push(
        `${type.name} has no facts: add it, with the properties of its objects, to the facts of the subgraph.`,
      );
      continue;
    }
    if (hasResolvableKey(type) && !hasReferenceResolver(type))
      faults.push(
        `${type.name} has a key, but no \`__resolveReference\`: add one, or make the key \`resolvable: false\`.`,
      );
    const fields = Object.values(type.getFields());
    needs.set(type.name, new Map(fields.map((field) => [field.name, neededBy(type, field, declaredFacts, faults)])));
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  declared.set(schema, needs);
}

/** Returns true for an entity type that the gateway may resolve by reference. */
function hasResolvableKey({ astNode, extensionASTNodes }: GraphQLObjectType): boolean {
  const directives = [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? []);
  return directives.some(
    ({ name, arguments: args = [] }) =>
      (name.value === 'key' || name.value === 'federation__key') &&
      !args.some(({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value),
  );
}

/** Returns true when the type has `__resolveReference`, which `@apollo/subgraph` stores in the extensions. */
function hasReferenceResolver({ extensions }: GraphQLObjectType): boolean {
  const { apollo } = extensions as { apollo?: { subgraph?: { resolveReference?: unknown } } };
  return apollo?.subgraph?.resolveReference !== undefined;
}

/** Returns the facts that a field needs. Adds a fault when they are undeclared. */
function neededBy(
  type: GraphQLObjectType,
  { name, resolve }: GraphQLField<unknown, unknown>,
  declaredFacts: readonly string[],
  faults: string[],
): readonly string[] {
  const coordinate = `${type.name}.${name}`;
  const needed = resolve === undefined ? [name] : (resolve as Partial<NamesFacts>)[FACTS];
  if (needed === undefined) {
    faults.push(
      `The resolver of ${coordinate} does not say which facts it reads: make it with \`readingFacts\` or \`readingWhole\`.`,
    );
    return [];
  }
  const unknown = needed.filter((fact) => !declaredFacts.includes(fact));
  if (unknown.length > 0 && resolve === undefined)
    faults.push(
      `${coordinate} has no resolver, and no fact has its name: add a resolver, or ${name} to the facts of ${type.name}.`,
    );
  else if (unknown.length > 0)
    faults.push(
      `${coordinate} needs ${unknown.join(', ')}, which ${type.name} does not have: add it to the facts of ${type.name}.`,
    );
  return needed;
}

/**
 * Returns the facts that an operation needs of the objects of a type at `path` below the resolved field, such as `edges`, `node` of a
 * connection, sorted by name.
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
  // graphql-js collects the fields: fragments, conditions and aliases are those of the execution.
  return [...collectSubfields(schema, fragments, variableValues, type, nodes).values()].flat();
}

function possibleTypes(schema: GraphQLSchema, type: GraphQLOutputType): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}
