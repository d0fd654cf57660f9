import type { FetchNode, QueryPlan, ResponsePath } from '@apollo/query-planner';
import { type NormalizedOperation, parseNormalizedOperation } from './normalized-operation.ts';

/**
 * Returns the fetches of a part of a plan, including conditional and deferred ones.
 *
 * @param isEntered returns false to omit the fetches of objects at a path
 */
export function fetchNodesOf(
  node: QueryPlan['node'],
  isEntered: (path: ResponsePath) => boolean = () => true,
): FetchNode[] {
  const below = (inner: QueryPlan['node']) => fetchNodesOf(inner, isEntered);
  switch (node?.kind) {
    case 'Fetch':
      return [node];
    case 'Flatten':
      return isEntered(node.path) ? below(node.node) : [];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(below);
    case 'Condition':
      return [...below(node.ifClause), ...below(node.elseClause)];
    case 'Subscription':
      return [node.primary, ...below(node.rest)];
    case 'Defer':
      return [node.primary, ...node.deferred].flatMap((block) => below(block.node));
    default:
      return [];
  }
}

/** Returns the plan's fetches of root fields; deferred ones are at an empty path. */
export function rootFetchNodes(node: QueryPlan['node']): FetchNode[] {
  return fetchNodesOf(node, (path) => path.length === 0).filter(({ requires }) => requires === undefined);
}

/** Counts the fetches of a part of a plan by identifier: a fetch may have been split. */
export function countFetchesById(node: QueryPlan['node']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of fetchNodesOf(node)) if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/**
 * Parses the operation of a fetch; the planner generates no fragments (`planning/plan-supergraph.ts`). The result is not cached: a compiled
 * plan keeps its fetches, and would keep their documents with them.
 */
export function parseFetch({ operation }: FetchNode): NormalizedOperation {
  return parseNormalizedOperation(operation);
}
