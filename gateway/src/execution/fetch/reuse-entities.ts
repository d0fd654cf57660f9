import type { FetchNode, QueryPlan } from '@apollo/query-planner';
import { type GraphQLSchema, Kind, print } from 'graphql';
import { fetchNodesOf, parseFetch } from '../../graphql/fetch-nodes.ts';
import type { NormalizedSelection } from '../../graphql/normalized-operation.ts';
import { compileRepresentations, type RepresentationOf } from './representations.ts';

/** A fetch that may reuse the entities of others. */
export interface ReusingFetch {
  /** Equal for equal fetches. */
  readonly key: string;
  readonly representationOf: RepresentationOf;
}

/** Relations of one fetch to other fetches of its plan. */
export interface EntityReuse {
  /** The fetch itself; undefined when it can reuse entities of no other. */
  readonly asReuser: ReusingFetch | undefined;
  /** The fetches that may reuse its entities. */
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
 * Finds the fetches of a plan that may reuse entities of others. Fetch B reuses those of fetch A when both go to the same
 * subgraph, B selects a subset of A's leaf fields with the same arguments, and B's representation is a subset of A's:
 * other fields of A need the rest, and it does not affect B's.
 */
export function findReusableFetches(schema: GraphQLSchema, plan: QueryPlan['node']): (node: FetchNode) => EntityReuse {
  const fieldsByFetch = new Map(fetchNodesOf(plan).flatMap((node) => fetchedFields(node)));
  const all = [...fieldsByFetch];
  const reusing = new Map<string, ReusingFetch>();
  for (const [node, fields] of all) {
    const { key } = fields;
    if (reusing.has(key) || !all.some(([other, source]) => other !== node && canReuse(fields, source))) continue;
    const representationOf = compileRepresentations(schema, node.requires ?? [], node.inputRewrites);
    reusing.set(key, { key, representationOf });
  }
  return (node) => {
    const source = fieldsByFetch.get(node);
    if (source === undefined || reusing.size === 0) return { asReuser: undefined, reusers: [] };
    const keys = new Set(all.filter(([, fields]) => canReuse(fields, source)).map(([, { key }]) => key));
    return {
      asReuser: reusing.get(source.key),
      reusers: [...keys].flatMap((key) => reusing.get(key) ?? []),
    };
  };
}

function canReuse(fields: FetchedFields, source: FetchedFields): boolean {
  return (
    fields.hasLeavesOnly &&
    fields.group === source.group &&
    isSubset(fields.leaves, source.leaves) &&
    isSubset(fields.requires, source.requires)
  );
}

function isSubset(subset: ByType, superset: ByType): boolean {
  return [...subset].every(([type, names]) => {
    const included = superset.get(type);
    return included !== undefined && [...names].every((name) => included.has(name));
  });
}

/** Returns the fields of an entity fetch; nothing for a fetch with context arguments. */
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
