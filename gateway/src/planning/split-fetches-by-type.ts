import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode, ResponsePath } from '@apollo/query-planner';
import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { collectFields, objectTypes, type SelectionScope } from '../graphql/collect-fields.ts';
import { documentOf } from '../graphql/fetch-nodes.ts';
import { stepOfTypes } from '../graphql/response-path.ts';
import { interfaceObjectKey, type PlanningSchema } from './preprocess-supergraph.ts';
import { variablesOf, withUsedVariables } from './used-variables.ts';

/** What is asked of objects of a type by some selections. */
interface Asked {
  readonly type: GraphQLCompositeType;
  readonly selectionSets: readonly SelectionSetNode[];
}

/** Objects at one path of which the same is asked; what is asked is unknown where it is asked by the plan alone. */
interface Place {
  readonly path: ResponsePath;
  readonly asked: readonly Asked[] | undefined;
  /** Whether of objects on the way no type is known that clients know: but an interface that a subgraph has as an object, say. */
  readonly isUntold?: boolean;
}

/** Places with selections of their own that a fetch is split for at most: beyond this it stays whole. */
const MAX_PLACES = 64;

const TYPENAME = '__typename';
const EACH = '@';

/**
 * Splits fetches of entities of which different things are asked, by the types of the objects on the way to them:
 * `{ works { ... on Book { author { name } } ... on Tape { author { born } } } }`. The planner asks for both of every author, and what
 * fails of what nobody asked for would fail what was asked for. So too where a subgraph knows an interface as an object: what is asked
 * of one type of entities the planner asks of all.
 *
 * @param document what the plan is for
 */
export function splitByTypes(
  { apiSchema, fullSchema }: { readonly apiSchema: GraphQLSchema; readonly fullSchema: GraphQLSchema },
  planning: PlanningSchema,
  document: DocumentNode,
  plan: QueryPlan,
): QueryPlan {
  const { node } = plan;
  // What comes later is put in order by its paths.
  if (node === undefined || node.kind === 'Subscription' || node.kind === 'Defer') return plan;
  if (planning.interfaceObjects.size === 0 && !document.definitions.some(asksByType)) return plan;
  const splitter = new Splitter(apiSchema, fullSchema, planning.interfaceObjects, document, fieldsNeeded(node));
  return { ...plan, node: splitter.split(node) };
}

/** Whether anything is asked of objects of some types alone, or may be. */
function asksByType(node: DefinitionNode | SelectionNode): boolean {
  if (node.kind === Kind.FRAGMENT_DEFINITION) return true;
  if (node.kind === Kind.INLINE_FRAGMENT && node.typeCondition !== undefined) return true;
  return 'selectionSet' in node && node.selectionSet?.selections.some(asksByType) === true;
}

/** The names of fields that a plan takes from what it has fetched. */
function fieldsNeeded(plan: PlanNode): Set<string> {
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

function fetchesOf(node: PlanNode): FetchNode[] {
  if (node.kind === 'Fetch') return [node];
  if (node.kind === 'Flatten') return fetchesOf(node.node);
  return node.kind === 'Sequence' || node.kind === 'Parallel' ? node.nodes.flatMap(fetchesOf) : [];
}

class Splitter {
  readonly #scope: SelectionScope;
  readonly #fullSchema: GraphQLSchema;
  readonly #interfaceObjects: ReadonlySet<string>;
  readonly #needed: ReadonlySet<string>;
  readonly #root: Asked;
  readonly #texts = new Map<ASTNode, string>();
  readonly #fields = new Map<readonly Asked[], Map<GraphQLCompositeType, Map<string, FieldNode[]>>>();

  constructor(
    schema: GraphQLSchema,
    fullSchema: GraphQLSchema,
    interfaceObjects: ReadonlySet<string>,
    document: DocumentNode,
    needed: ReadonlySet<string>,
  ) {
    const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    const { operation: kind, selectionSet } = operation as OperationDefinitionNode;
    this.#fullSchema = fullSchema;
    this.#interfaceObjects = interfaceObjects;
    this.#needed = needed;
    this.#scope = { schema, fragments: new Map(fragments.map((node) => [node.name.value, node])), variables: {} };
    this.#root = { type: schema.getRootType(kind) as GraphQLCompositeType, selectionSets: [selectionSet] };
  }

  split(node: PlanNode): PlanNode {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        return { ...node, nodes: node.nodes.map((child) => this.split(child)) };
      case 'Flatten':
        return this.#below(node.node, node.path) ?? node;
      default:
        return node;
    }
  }

  /** What stands below a path, each fetch with a path of its own; undefined when nothing of it is split. */
  #below(node: PlanNode, path: ResponsePath): PlanNode | undefined {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel': {
        const nodes = node.nodes.map((child) => this.#below(child, path));
        if (nodes.every((child) => child === undefined)) return undefined;
        return {
          ...node,
          nodes: nodes.map((child, index) => child ?? { kind: 'Flatten', path, node: node.nodes[index] as PlanNode }),
        };
      }
      case 'Flatten':
        return this.#below(node.node, [...path, ...node.path]);
      case 'Fetch':
        return this.#fetch(node, path);
      default:
        return undefined;
    }
  }

  #fetch(node: FetchNode, path: ResponsePath): PlanNode | undefined {
    if (node.requires === undefined || node.contextRewrites !== undefined) return undefined;
    const places = this.#placesAt(path, this.#asksInterfaceObject(node));
    if (places === undefined || places.length < 2) return undefined;
    const all = places.flatMap(({ asked = [] }) => asked);
    const document = documentOf(node);
    const texts = places.map(({ asked }) =>
      asked === undefined ? node.operation : this.#askedOnly(document, asked, all),
    );
    if (new Set(texts.filter((_, index) => !places[index]?.isUntold)).size < 2) return undefined;
    const nodes = places.flatMap(({ path: to }, index): PlanNode[] => {
      const operation = texts[index];
      if (operation === undefined) return [];
      const used = variablesOf(parse(operation, { noLocation: true }));
      const variableUsages = node.variableUsages?.filter((name) => used.has(name));
      return [{ kind: 'Flatten', path: to, node: { ...node, operation, ...(variableUsages && { variableUsages }) } }];
    });
    return { kind: 'Parallel', nodes };
  }

  /** Whether a subgraph that knows an interface as an object is asked for several types of entities as if they were one. */
  #asksInterfaceObject({ serviceName, requires = [], operation }: FetchNode): boolean {
    const types = new Set(requires.map((selection) => ('typeCondition' in selection ? selection.typeCondition : '')));
    const [only = ''] = types;
    if (types.size === 1 && !isAbstractType(this.#scope.schema.getType(only))) return false;
    return [...this.#interfaceObjects].some((key) => {
      const type = key.slice(serviceName.length + 1);
      return key === interfaceObjectKey(serviceName, type) && operation.includes(`on ${type}{`);
    });
  }

  /** The places of a path, by what is asked there; undefined when they are too many. */
  #placesAt(path: ResponsePath, isByType: boolean): Place[] | undefined {
    let places: Place[] = [{ path: [], asked: [this.#root] }];
    for (const step of path) {
      places = places.flatMap((place) =>
        step === EACH ? [{ ...place, path: [...place.path, step] }] : this.#step(place, String(step)),
      );
      if (places.length > MAX_PLACES) return undefined;
    }
    if (!isByType) return places;
    const typed = places.flatMap((place) => this.#byType(place));
    return typed.length > MAX_PLACES ? undefined : typed;
  }

  #step(place: Place, key: string): Place[] {
    const { path, asked } = place;
    if (asked === undefined) return [{ ...place, path: [...path, key] }];
    const groups = new Map<string, { types: string[]; asked: Asked[] }>();
    const possible = [...new Set(asked.flatMap(({ type }) => objectTypes(this.#scope.schema, type)))];
    for (const type of possible) {
      const below = this.#askedBelow(asked, type, key);
      const id = below
        .map((one) => `${one.type.name}:${one.selectionSets.map((set) => this.#textOf(set)).join()}`)
        .join();
      const group = groups.get(id) ?? { types: [], asked: below };
      groups.set(id, group);
      group.types.push(type.name);
    }
    const untold = groups.size === 1 ? [] : this.#untold(path, asked, possible);
    return [
      ...[...groups.values()].map((group) => ({
        path: [...path, ...(groups.size === 1 ? [] : [stepOfTypes(group.types)]), key],
        asked: group.asked.length === 0 ? undefined : group.asked,
      })),
      ...untold.map((one) => ({ ...one, path: [...one.path, key] })),
    ];
  }

  /** What is asked of the objects under a key of an object of a type. */
  #askedBelow(asked: readonly Asked[], type: GraphQLCompositeType, key: string): Asked[] {
    const nodes = this.#fieldsOf(asked, type).get(key) ?? [];
    const [node] = nodes;
    const field = node && 'getFields' in type ? type.getFields()[node.name.value] : undefined;
    const below = field && getNamedType(field.type);
    const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return isCompositeType(below) && selectionSets.length > 0 ? [{ type: below, selectionSets }] : [];
  }

  /** Objects at a path of which an interface is known, that some of these types implement, or whose types clients do not see. */
  #untold(path: ResponsePath, asked: readonly Asked[], types: readonly GraphQLCompositeType[]): Place[] {
    const { schema } = this.#scope;
    const interfaces = new Set([...this.#interfaceObjects].map((key) => key.slice(key.lastIndexOf(' ') + 1)));
    const possible = [...interfaces].filter((name) => {
      const type = schema.getType(name);
      return isAbstractType(type) && objectTypes(schema, type).some((one) => types.includes(one));
    });
    const hidden = asked.flatMap(({ type: { name } }) => {
      const type = this.#fullSchema.getType(name);
      const all = isAbstractType(type) ? this.#fullSchema.getPossibleTypes(type) : [];
      return all.map((one) => one.name).filter((one) => schema.getType(one) === undefined);
    });
    const names = [...new Set([...possible, ...hidden])];
    return names.length === 0 ? [] : [{ path: [...path, stepOfTypes(names)], asked: undefined, isUntold: true }];
  }

  #byType(place: Place): Place[] {
    const { path, asked } = place;
    if (asked === undefined) return [place];
    const types = [...new Set(asked.flatMap(({ type }) => objectTypes(this.#scope.schema, type)))];
    const groups = new Map<string, GraphQLCompositeType[]>();
    for (const type of types) {
      const id = [...this.#fieldsOf(asked, type).values()]
        .flat()
        .map((node) => this.#textOf(node))
        .join();
      groups.set(id, [...(groups.get(id) ?? []), type]);
    }
    if (groups.size < 2) return [place];
    const selectionSets = asked.flatMap((one) => one.selectionSets);
    return [
      ...[...groups.values()].map((alike) => ({
        path: [...path, stepOfTypes(alike.map(({ name }) => name))],
        asked: alike.map((type) => ({ type, selectionSets })),
      })),
      ...this.#untold(path, asked, types),
    ];
  }

  #fieldsOf(asked: readonly Asked[], type: GraphQLCompositeType): ReadonlyMap<string, readonly FieldNode[]> {
    const byType = this.#fields.get(asked) ?? new Map<GraphQLCompositeType, Map<string, FieldNode[]>>();
    this.#fields.set(asked, byType);
    const known = byType.get(type);
    if (known !== undefined) return known;
    const selectionSets = asked.flatMap((one) =>
      objectTypes(this.#scope.schema, one.type).some((object) => object === type) ? one.selectionSets : [],
    );
    const fields = collectFields(this.#scope, type, selectionSets);
    byType.set(type, fields);
    return fields;
  }

  /** What is equal for selections in which the same is asked. */
  #textOf(node: ASTNode): string {
    const known = this.#texts.get(node) ?? print(node);
    this.#texts.set(node, known);
    return known;
  }

  /** An operation without what is asked at other places alone; undefined when nothing is left. */
  #askedOnly(document: DocumentNode, asked: readonly Asked[], all: readonly Asked[]): string | undefined {
    let isEmpty = false;
    const kept = visit(document, {
      Field: (node) => {
        if (node.name.value !== '_entities' || node.selectionSet === undefined) return undefined;
        const selections = this.#prune(node.selectionSet, asked, all);
        isEmpty = selections.length === 0;
        return { ...node, selectionSet: { ...node.selectionSet, selections } };
      },
    });
    return isEmpty ? undefined : stripIgnoredCharacters(print(withUsedVariables(kept)));
  }

  #prune({ selections }: SelectionSetNode, asked: readonly Asked[], all: readonly Asked[]): SelectionNode[] {
    return selections.flatMap((selection): SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const below = this.#prune(selection.selectionSet, asked, all);
        return below.length === 0
          ? []
          : [{ ...selection, selectionSet: { ...selection.selectionSet, selections: below } }];
      }
      const key = selection.alias?.value ?? selection.name.value;
      const own = this.#under(asked, key);
      if (key === TYPENAME) return [selection];
      if (own === undefined) return this.#isOthers(selection, key, all) ? [] : [selection];
      if (selection.selectionSet === undefined) return [selection];
      const below = this.#prune(selection.selectionSet, own, this.#under(all, key) ?? []);
      return below.length === 0
        ? [selection]
        : [{ ...selection, selectionSet: { ...selection.selectionSet, selections: below } }];
    });
  }

  /** Whether a field is in a plan for other places alone: what the plan may need for itself is not. */
  #isOthers({ name }: FieldNode, key: string, all: readonly Asked[]): boolean {
    return !this.#needed.has(name.value) && this.#under(all, key) !== undefined;
  }

  /** What is asked under a key, whatever the types of the objects; undefined when nobody asks for it. */
  #under(asked: readonly Asked[], key: string): Asked[] | undefined {
    let isAsked = false;
    const types = [...new Set(asked.flatMap(({ type }) => objectTypes(this.#scope.schema, type)))];
    const below = types.flatMap((type) => {
      if (this.#fieldsOf(asked, type).has(key)) isAsked = true;
      return this.#askedBelow(asked, type, key);
    });
    return isAsked ? below : undefined;
  }
}
