import type { FetchNode, QueryPlan } from '@apollo/query-planner';
import { type GraphQLSchema, Kind, print, type SelectionNode } from 'graphql';
import { documentOf, fetchesOf } from '../../graphql/fetch-nodes.ts';
import { compileRepresentations, type RepresentationOf } from './representations.ts';

/** A fetch that may take entities from another one. */
export interface Follower {
  /** Equal for fetches that ask for the same. */
  readonly key: string;
  readonly representationOf: RepresentationOf;
}

/** What the entities of one fetch are to other fetches of its plan. */
export interface Sharing {
  /** The fetch itself; undefined where it can follow none. */
  readonly following: Follower | undefined;
  readonly followers: readonly Follower[];
}

/** What a fetch asks for, by type condition, and by what it knows entities. */
interface Asked {
  readonly key: string;
  /** Equal for fetches that can be compared. */
  readonly of: string;
  readonly leaves: ByType;
  readonly requires: ByType;
  /** Whether it asks for nothing but leaves. */
  readonly isWhole: boolean;
}

type ByType = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Which fetches of a plan may take entities from others. A plan comes by the same entities again and again, and asks for what it needs at
 * each place: here the ratings of a film and how many there are, there the ratings alone. One follows another of the same subgraph when it
 * asks for nothing but leaves that the other asks for too, in the same words, and represents entities by nothing that the other does not
 * represent them by. What there is beyond it is required by other fields, and decides nothing of these.
 */
export function sharedEntities(schema: GraphQLSchema, plan: QueryPlan['node']): (node: FetchNode) => Sharing {
  const asked = new Map(fetchesOf(plan).flatMap((node) => withAsked(node)));
  const all = [...asked];
  const followers = new Map<string, Follower>();
  for (const [node, one] of all) {
    if (followers.has(one.key) || !all.some(([other, more]) => other !== node && follows(one, more))) continue;
    const representationOf = compileRepresentations(schema, node.requires ?? [], node.inputRewrites);
    followers.set(one.key, { key: one.key, representationOf });
  }
  return (node) => {
    const one = asked.get(node);
    if (one === undefined || followers.size === 0) return { following: undefined, followers: [] };
    const keys = new Set(all.filter(([, other]) => follows(other, one)).map(([, { key }]) => key));
    return {
      following: followers.get(one.key),
      followers: [...keys].flatMap((key) => followers.get(key) ?? []),
    };
  };
}

function follows(one: Asked, other: Asked): boolean {
  return (
    one.isWhole && one.of === other.of && isWithin(one.leaves, other.leaves) && isWithin(one.requires, other.requires)
  );
}

function isWithin(some: ByType, others: ByType): boolean {
  return [...some].every(([type, names]) => {
    const among = others.get(type);
    return among !== undefined && [...names].every((name) => among.has(name));
  });
}

/** What contexts decide is not compared. */
function withAsked(node: FetchNode): [FetchNode, Asked][] {
  const { serviceName, requires, inputRewrites, outputRewrites, contextRewrites } = node;
  if (requires === undefined || contextRewrites !== undefined) return [];
  const of = JSON.stringify([serviceName, inputRewrites, outputRewrites]);
  const { leaves, isWhole } = leavesOf(node);
  const required = requiredBy(requires);
  const key = JSON.stringify([of, isWhole, sorted(leaves), sorted(required)]);
  return [[node, { key, of, leaves, requires: required, isWhole }]];
}

const sorted = (byType: ByType) => [...byType].map(([type, names]) => [type, [...names].toSorted()]).toSorted();

function leavesOf(node: FetchNode): { leaves: ByType; isWhole: boolean } {
  const leaves = new Map<string, Set<string>>();
  let isWhole = true;
  for (const selection of entitySelections(node)) {
    const type = selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition?.name.value : undefined;
    if (selection.kind !== Kind.INLINE_FRAGMENT || type === undefined || isDirected(selection)) {
      isWhole = false;
      continue;
    }
    for (const field of selection.selectionSet.selections) {
      if (field.kind === Kind.FIELD && field.selectionSet === undefined && !isDirected(field)) {
        add(leaves, type, print(field));
      } else isWhole = false;
    }
  }
  return { leaves, isWhole };
}

function entitySelections(node: FetchNode): readonly SelectionNode[] {
  return documentOf(node).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((root) =>
          root.kind === Kind.FIELD ? (root.selectionSet?.selections ?? []) : [],
        )
      : [],
  );
}

const isDirected = ({ directives = [] }: SelectionNode) => directives.length > 0;

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
