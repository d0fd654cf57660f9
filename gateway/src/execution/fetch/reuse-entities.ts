import type { FetchNode, QueryPlan } from '@apollo/query-planner';
import { type GraphQLSchema, Kind, print } from 'graphql';
import { fetchNodesOf, parseFetch } from '../../graphql/fetch-nodes.ts';
import type { NormalizedSelection } from '../../graphql/normalized-operation.ts';
import { compileRepresentations, type RepresentationOf } from './representations.ts';

/** A fetch that may take entities from another one. */
export interface ReusingFetch {
  /** Equal for fetches that ask for the same. */
  readonly key: string;
  readonly representationOf: RepresentationOf;
}

/** Relations between the entities of one fetch and other fetches of its plan. */
export interface EntityReuse {
  /** The fetch itself; undefined where it can follow none. */
  readonly asReuser: ReusingFetch | undefined;
  readonly reusers: readonly ReusingFetch[];
}

/** Fields that a fetch requests by type condition, and the representation of its entities. */
interface FetchedFields {
  readonly key: string;
  /** Equal for fetches that can be compared. */
  readonly group: string;
  readonly leaves: ByType;
  readonly requires: ByType;
  /** True when the fetch requests leaf fields only. */
  readonly hasLeavesOnly: boolean;
}

type ByType = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Which fetches of a plan may take entities from others. A plan comes by the same entities again and again, and asks for what it needs at
 * each place: here the ratings of a film and how many there are, there the ratings alone. One follows another of the same subgraph when it
 * asks for nothing but leaves that the other asks for too, in the same words, and represents entities by nothing that the other does not
 * represent them by. What there is beyond it is required by other fields, and decides nothing of these.
 */
export function findReusableFetches(schema: GraphQLSchema, plan: QueryPlan['node']): (node: FetchNode) => EntityReuse {
  const asked = new Map(fetchNodesOf(plan).flatMap((node) => fetchedFields(node)));
  const all = [...asked];
  const followers = new Map<string, ReusingFetch>();
  for (const [node, one] of all) {
    if (followers.has(one.key) || !all.some(([other, more]) => other !== node && canReuse(one, more))) continue;
    const representationOf = compileRepresentations(schema, node.requires ?? [], node.inputRewrites);
    followers.set(one.key, { key: one.key, representationOf });
  }
  return (node) => {
    const one = asked.get(node);
    if (one === undefined || followers.size === 0) return { asReuser: undefined, reusers: [] };
    const keys = new Set(all.filter(([, other]) => canReuse(other, one)).map(([, { key }]) => key));
    return {
      asReuser: followers.get(one.key),
      reusers: [...keys].flatMap((key) => followers.get(key) ?? []),
    };
  };
}

function canReuse(one: FetchedFields, other: FetchedFields): boolean {
  return (
    one.hasLeavesOnly &&
    one.group === other.group &&
    isSubset(one.leaves, other.leaves) &&
    isSubset(one.requires, other.requires)
  );
}

function isSubset(some: ByType, others: ByType): boolean {
  return [...some].every(([type, names]) => {
    const among = others.get(type);
    return among !== undefined && [...names].every((name) => among.has(name));
  });
}

/** Returns the fields of a fetch, without those that depend on context arguments. */
function fetchedFields(node: FetchNode): [FetchNode, FetchedFields][] {
  const { serviceName, requires, inputRewrites, outputRewrites, contextRewrites } = node;
  if (requires === undefined || contextRewrites !== undefined) return [];
  const group = JSON.stringify([serviceName, inputRewrites, outputRewrites]);
  const { leaves, hasLeavesOnly } = leavesOf(node);
  const required = requiredBy(requires);
  const key = JSON.stringify([group, hasLeavesOnly, sorted(leaves), sorted(required)]);
  return [[node, { key, group, leaves, requires: required, hasLeavesOnly }]];
}

const sorted = (byType: ByType) => [...byType].map(([type, names]) => [type, [...names].toSorted()]).toSorted();

function leavesOf(node: FetchNode): { leaves: ByType; hasLeavesOnly: boolean } {
  const leaves = new Map<string, Set<string>>();
  let hasLeavesOnly = true;
  for (const selection of entitySelections(node)) {
    const type = selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition?.name.value : undefined;
    if (selection.kind !== Kind.INLINE_FRAGMENT || type === undefined || hasDirectives(selection)) {
      hasLeavesOnly = false;
      continue;
    }
    for (const field of selection.selectionSet.selections) {
      if (field.kind === Kind.FIELD && field.selectionSet === undefined && !hasDirectives(field)) {
        add(leaves, type, print(field));
      } else hasLeavesOnly = false;
    }
  }
  return { leaves, hasLeavesOnly };
}

function entitySelections(node: FetchNode): readonly NormalizedSelection[] {
  return parseFetch(node).selectionSet.selections.flatMap((root) => root.selectionSet?.selections ?? []);
}

const hasDirectives = ({ directives = [] }: NormalizedSelection) => directives.length > 0;

function requiredBy(requires: NonNullable<FetchNode['requires']>): ByType {
  const required = new Map<string, Set<string>>();
  for (const selection of requires) {
    if (selection.kind === 'Field') add(required, '', JSON.stringify(selection));
    else for (const field of selection.selections) add(required, selection.typeCondition ?? '', JSON.stringify(field));
  }
  return required;
}

function add(byType: Map<string, Set<string>>, type: string, name: string): void {
  const names = byType.get(type) ?? new Set();
  byType.set(type, names.add(name));
}
