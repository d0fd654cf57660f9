/**
 * Fault: the planner fetches entities at one path together, with the selections of all types of the objects on the way
 * to them. An error of a field fails objects for which the client did not select it.
 *
 * Input: `{ works { ... on Book { author { name } } ... on Tape { author { age } } } }` on the subgraphs
 *
 *     # works
 *     type Query { works: [Work!]! }
 *     interface Work { id: ID! }
 *     type Book implements Work { id: ID! author: Person }
 *     type Tape implements Work { id: ID! author: Person }
 *     type Person @key(fields: "id", resolvable: false) { id: ID! }
 *     # people
 *     type Person @key(fields: "id") { id: ID! name: String age: Int! }
 *
 * Apollo Gateway fetches `{ name age }` of every author. When the age of a book's author fails, the author has no name.
 *
 * The same happens to entities of different types in a subgraph that defines their interface as an object:
 * `{ media { rank ... on Song { votes } } }` fetches `{ rank votes }` of films too.
 *
 * Upstream: https://github.com/apollographql/federation/issues/2938. The planner's option `typeConditionedFetching`
 * splits the first input, not the second; Apollo Gateway does not set it.
 */
import type {
  FetchNode,
  PlanNode,
  QueryPlan,
  QueryPlanSelectionNode,
  ResponsePath,
  SubscriptionNode,
} from '@apollo/query-planner';
import {
  type ASTNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { collectFields, possibleObjectTypes, type SelectionScope } from '../../graphql/collect-fields.ts';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import {
  type NormalizedField,
  type NormalizedOperation,
  type NormalizedSelection,
  type NormalizedSelectionSet,
  parseNormalizedOperation,
} from '../../graphql/normalized-operation.ts';
import { typeConditionStep } from '../../graphql/response-path.ts';
import { interfaceObjectKey, type PreprocessedSupergraph } from '../preprocess-supergraph.ts';
import { variablesOf, withUsedVariables } from '../used-variables.ts';

/** Selections on objects of one type. */
interface TypedSelections {
  readonly type: GraphQLCompositeType;
  readonly selectionSets: readonly NormalizedSelectionSet[];
}

/** Objects at one path with equal selections; undefined where the plan alone selects them. */
interface SelectionsAtPath {
  readonly path: ResponsePath;
  readonly selected: readonly TypedSelections[] | undefined;
  /** True when the types of objects on the way are unknown, as with an interface that a subgraph defines as an object. */
  readonly isTypeUnknown?: boolean;
}

/** Limit of the fetches that a fetch is split into; beyond it the fetch stays whole. */
const MAX_PATHS = 64;

const TYPENAME = '__typename';
const EACH = '@';

/**
 * Splits fetches of entities with different selections by the types of the objects on the way to them, and by the types
 * of the entities where a subgraph defines their interface as an object.
 *
 * @param operation the planned operation
 */
export function splitFetchesByType(
  { apiSchema, fullSchema }: { readonly apiSchema: GraphQLSchema; readonly fullSchema: GraphQLSchema },
  planning: PreprocessedSupergraph,
  operation: NormalizedOperation,
  plan: QueryPlan,
): QueryPlan {
  const { node } = plan;
  // The paths of deferred fetches decide their order.
  if (node === undefined || node.kind === 'Defer') return plan;
  if (planning.interfaceObjects.size === 0 && !operation.selectionSet.selections.some(hasTypeCondition)) return plan;
  const splitter = new FetchSplitter(
    apiSchema,
    fullSchema,
    planning.interfaceObjects,
    operation,
    requiredFieldNames(node),
  );
  if (node.kind !== 'Subscription') return { ...plan, node: splitter.split(node) };
  return { ...plan, node: { ...node, ...(node.rest && { rest: splitter.split(node.rest) }) } };
}

/** Returns true when a selection has, or may have, a type condition. */
function hasTypeCondition(node: NormalizedSelection): boolean {
  if (node.kind === Kind.INLINE_FRAGMENT && node.typeCondition !== undefined) return true;
  return node.selectionSet?.selections.some(hasTypeCondition) === true;
}

/** Returns the names of fields that the fetches of a plan take from fetched data. */
function requiredFieldNames(plan: PlanNode | SubscriptionNode): Set<string> {
  const names = new Set<string>();
  const add = (selections: readonly QueryPlanSelectionNode[]): void => {
    for (const selection of selections) {
      if (selection.kind === 'Field') names.add(selection.name);
      add(selection.selections ?? []);
    }
  };
  for (const { requires = [], contextRewrites = [] } of fetchesOf(plan)) {
    add(requires);
    for (const { path } of contextRewrites) for (const step of path) names.add(String(step));
  }
  return names;
}

function fetchesOf(node: PlanNode | SubscriptionNode): FetchNode[] {
  if (node.kind === 'Fetch') return [node];
  if (node.kind === 'Subscription') return node.rest === undefined ? [] : fetchesOf(node.rest);
  if (node.kind === 'Flatten') return fetchesOf(node.node);
  return node.kind === 'Sequence' || node.kind === 'Parallel' ? node.nodes.flatMap(fetchesOf) : [];
}

class FetchSplitter {
  readonly #scope: SelectionScope;
  readonly #fullSchema: GraphQLSchema;
  readonly #interfaceObjects: ReadonlySet<string>;
  readonly #needed: ReadonlySet<string>;
  readonly #root: TypedSelections;
  readonly #texts = new Map<ASTNode, string>();
  readonly #fields = new Map<readonly TypedSelections[], Map<GraphQLCompositeType, Map<string, NormalizedField[]>>>();

  constructor(
    schema: GraphQLSchema,
    fullSchema: GraphQLSchema,
    interfaceObjects: ReadonlySet<string>,
    operation: NormalizedOperation,
    needed: ReadonlySet<string>,
  ) {
    const { operation: kind, selectionSet } = operation;
    this.#fullSchema = fullSchema;
    this.#interfaceObjects = interfaceObjects;
    this.#needed = needed;
    this.#scope = { schema, variables: {} };
    this.#root = { type: schema.getRootType(kind) as GraphQLCompositeType, selectionSets: [selectionSet] };
  }

  split(node: PlanNode): PlanNode {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        return { ...node, nodes: node.nodes.map((child) => this.split(child)) };
      case 'Flatten':
        return this.#splitBelow(node.node, node.path) ?? node;
      default:
        return node;
    }
  }

  /** Splits the fetches below a path, each with a path of its own; returns undefined when nothing is split. */
  #splitBelow(node: PlanNode, path: ResponsePath): PlanNode | undefined {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel': {
        const nodes = node.nodes.map((child) => this.#splitBelow(child, path));
        if (nodes.every((child) => child === undefined)) return undefined;
        return {
          ...node,
          nodes: nodes.map((child, index) => child ?? { kind: 'Flatten', path, node: node.nodes[index] as PlanNode }),
        };
      }
      case 'Flatten':
        return this.#splitBelow(node.node, [...path, ...node.path]);
      case 'Fetch':
        return this.#splitFetch(node, path);
      default:
        return undefined;
    }
  }

  #splitFetch(node: FetchNode, path: ResponsePath): PlanNode | undefined {
    if (node.requires === undefined || node.contextRewrites !== undefined) return undefined;
    const places = this.#selectionsAt(path, this.#fetchesInterfaceObject(node));
    if (places === undefined || places.length < 2) return undefined;
    const all = places.flatMap(({ selected = [] }) => selected);
    const fetched = parseFetch(node);
    const texts = places.map(({ selected }) =>
      selected === undefined ? node.operation : this.#operationFor(fetched, selected, all),
    );
    if (new Set(texts.filter((_, index) => !places[index]?.isTypeUnknown)).size < 2) return undefined;
    const nodes = places.flatMap(({ path: to }, index): PlanNode[] => {
      const operation = texts[index];
      if (operation === undefined) return [];
      const used = variablesOf(parseNormalizedOperation(operation));
      const variableUsages = node.variableUsages?.filter((name) => used.has(name));
      return [{ kind: 'Flatten', path: to, node: { ...node, operation, ...(variableUsages && { variableUsages }) } }];
    });
    return { kind: 'Parallel', nodes };
  }

  /** Returns true when a fetch selects the same fields of several entity types from a subgraph that defines their interface as an object. */
  #fetchesInterfaceObject({ serviceName, requires = [], operation }: FetchNode): boolean {
    const types = new Set(requires.map((selection) => ('typeCondition' in selection ? selection.typeCondition : '')));
    const [only = ''] = types;
    if (types.size === 1 && !isAbstractType(this.#scope.schema.getType(only))) return false;
    return [...this.#interfaceObjects].some((key) => {
      const type = key.slice(serviceName.length + 1);
      return key === interfaceObjectKey(serviceName, type) && operation.includes(`on ${type}{`);
    });
  }

  /** Returns the objects at a path by their selections; undefined when there are too many. */
  #selectionsAt(path: ResponsePath, isByType: boolean): SelectionsAtPath[] | undefined {
    let places: SelectionsAtPath[] = [{ path: [], selected: [this.#root] }];
    for (const step of path) {
      places = places.flatMap((place) =>
        step === EACH ? [{ ...place, path: [...place.path, step] }] : this.#step(place, String(step)),
      );
      if (places.length > MAX_PATHS) return undefined;
    }
    if (!isByType) return places;
    const typed = places.flatMap((place) => this.#byType(place));
    return typed.length > MAX_PATHS ? undefined : typed;
  }

  #step(place: SelectionsAtPath, key: string): SelectionsAtPath[] {
    const { path, selected } = place;
    if (selected === undefined) return [{ ...place, path: [...path, key] }];
    const groups = new Map<string, { types: string[]; selected: TypedSelections[] }>();
    const possible = [...new Set(selected.flatMap(({ type }) => possibleObjectTypes(this.#scope.schema, type)))];
    for (const type of possible) {
      const below = this.#selectionsBelow(selected, type, key);
      const id = below
        .map((one) => `${one.type.name}:${one.selectionSets.map((set) => this.#textOf(set)).join()}`)
        .join();
      const group = groups.get(id) ?? { types: [], selected: below };
      groups.set(id, group);
      group.types.push(type.name);
    }
    const unknown = groups.size === 1 ? [] : this.#unknownTypes(path, selected, possible);
    return [
      ...[...groups.values()].map((group) => ({
        path: [...path, ...(groups.size === 1 ? [] : [typeConditionStep(group.types)]), key],
        selected: group.selected.length === 0 ? undefined : group.selected,
      })),
      ...unknown.map((one) => ({ ...one, path: [...one.path, key] })),
    ];
  }

  /** Returns the selections on the objects under a key of an object of a type. */
  #selectionsBelow(selected: readonly TypedSelections[], type: GraphQLCompositeType, key: string): TypedSelections[] {
    const nodes = this.#fieldsOf(selected, type).get(key) ?? [];
    const [node] = nodes;
    const field = node && 'getFields' in type ? type.getFields()[node.name.value] : undefined;
    const below = field && getNamedType(field.type);
    const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return isCompositeType(below) && selectionSets.length > 0 ? [{ type: below, selectionSets }] : [];
  }

  /** Returns the objects at a path whose data has the name of an interface that some of these types implement, or of an inaccessible type. */
  #unknownTypes(
    path: ResponsePath,
    selected: readonly TypedSelections[],
    types: readonly GraphQLCompositeType[],
  ): SelectionsAtPath[] {
    const { schema } = this.#scope;
    const interfaces = new Set([...this.#interfaceObjects].map((key) => key.slice(key.lastIndexOf(' ') + 1)));
    const possible = [...interfaces].filter((name) => {
      const type = schema.getType(name);
      return isAbstractType(type) && possibleObjectTypes(schema, type).some((one) => types.includes(one));
    });
    const hidden = selected.flatMap(({ type: { name } }) => {
      const type = this.#fullSchema.getType(name);
      const all = isAbstractType(type) ? this.#fullSchema.getPossibleTypes(type) : [];
      return all.map((one) => one.name).filter((one) => schema.getType(one) === undefined);
    });
    const names = [...new Set([...possible, ...hidden])];
    return names.length === 0
      ? []
      : [{ path: [...path, typeConditionStep(names)], selected: undefined, isTypeUnknown: true }];
  }

  #byType(place: SelectionsAtPath): SelectionsAtPath[] {
    const { path, selected } = place;
    if (selected === undefined) return [place];
    const types = [...new Set(selected.flatMap(({ type }) => possibleObjectTypes(this.#scope.schema, type)))];
    const groups = new Map<string, GraphQLCompositeType[]>();
    for (const type of types) {
      const id = [...this.#fieldsOf(selected, type).values()]
        .flat()
        .map((node) => this.#textOf(node))
        .join();
      groups.set(id, [...(groups.get(id) ?? []), type]);
    }
    if (groups.size < 2) return [place];
    const selectionSets = selected.flatMap((one) => one.selectionSets);
    return [
      ...[...groups.values()].map((alike) => ({
        path: [...path, typeConditionStep(alike.map(({ name }) => name))],
        selected: alike.map((type) => ({ type, selectionSets })),
      })),
      ...this.#unknownTypes(path, selected, types),
    ];
  }

  #fieldsOf(
    selected: readonly TypedSelections[],
    type: GraphQLCompositeType,
  ): ReadonlyMap<string, readonly NormalizedField[]> {
    const byType = this.#fields.get(selected) ?? new Map<GraphQLCompositeType, Map<string, NormalizedField[]>>();
    this.#fields.set(selected, byType);
    const cached = byType.get(type);
    if (cached !== undefined) return cached;
    const selectionSets = selected.flatMap((one) =>
      possibleObjectTypes(this.#scope.schema, one.type).some((object) => object === type) ? one.selectionSets : [],
    );
    const fields = collectFields(this.#scope, type, selectionSets);
    byType.set(type, fields);
    return fields;
  }

  /** Returns a text that is equal for equal selections. */
  #textOf(node: ASTNode): string {
    const cached = this.#texts.get(node) ?? print(node);
    this.#texts.set(node, cached);
    return cached;
  }

  /** Removes selections for other objects from an operation; returns undefined when nothing is left. */
  #operationFor(
    operation: NormalizedOperation,
    selected: readonly TypedSelections[],
    all: readonly TypedSelections[],
  ): string | undefined {
    let isEmpty = false;
    const kept = visit(operation, {
      Field: (node) => {
        if (node.name.value !== '_entities' || node.selectionSet === undefined) return undefined;
        const selections = this.#prune(node.selectionSet as NormalizedSelectionSet, selected, all);
        isEmpty = selections.length === 0;
        return { ...node, selectionSet: { ...node.selectionSet, selections } };
      },
    });
    return isEmpty ? undefined : stripIgnoredCharacters(print(withUsedVariables(kept)));
  }

  #prune(
    { selections }: NormalizedSelectionSet,
    selected: readonly TypedSelections[],
    all: readonly TypedSelections[],
  ): NormalizedSelection[] {
    return selections.flatMap((selection): NormalizedSelection[] => {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const below = this.#prune(selection.selectionSet, selected, all);
        return below.length === 0
          ? []
          : [{ ...selection, selectionSet: { ...selection.selectionSet, selections: below } }];
      }
      const key = selection.alias?.value ?? selection.name.value;
      const own = this.#selectionsUnder(selected, key);
      if (key === TYPENAME) return [selection];
      if (own === undefined) return this.#isSelectedElsewhere(selection, key, all) ? [] : [selection];
      if (selection.selectionSet === undefined) return [selection];
      const below = this.#prune(selection.selectionSet, own, this.#selectionsUnder(all, key) ?? []);
      return below.length === 0
        ? [selection]
        : [{ ...selection, selectionSet: { ...selection.selectionSet, selections: below } }];
    });
  }

  /** Returns true when a plan contains a field for other objects alone. Fields that the plan may need itself do not count. */
  #isSelectedElsewhere({ name }: NormalizedField, key: string, all: readonly TypedSelections[]): boolean {
    return !this.#needed.has(name.value) && this.#selectionsUnder(all, key) !== undefined;
  }

  /** Returns the selections under a key for all types; undefined when there are none. */
  #selectionsUnder(selected: readonly TypedSelections[], key: string): TypedSelections[] | undefined {
    let isSelected = false;
    const types = [...new Set(selected.flatMap(({ type }) => possibleObjectTypes(this.#scope.schema, type)))];
    const below = types.flatMap((type) => {
      if (this.#fieldsOf(selected, type).has(key)) isSelected = true;
      return this.#selectionsBelow(selected, type, key);
    });
    return isSelected ? below : undefined;
  }
}
