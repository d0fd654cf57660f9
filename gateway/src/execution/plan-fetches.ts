import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { type DocumentNode, parse } from 'graphql';

/** All fetches of a part of a plan, whatever their conditions, those that come later included. */
export function fetchesOf(node: QueryPlan['node']): FetchNode[] {
  switch (node?.kind) {
    case 'Fetch':
      return [node];
    case 'Flatten':
      return fetchesOf(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesOf);
    case 'Condition':
      return [...fetchesOf(node.ifClause), ...fetchesOf(node.elseClause)];
    case 'Defer':
      return [node.primary, ...node.deferred].flatMap((block) => fetchesOf(block.node));
    default:
      return [];
  }
}

/** The plan's fetches that fill the root, whatever their conditions. */
export function rootFetches(node: PlanNode | SubscriptionNode | undefined): FetchNode[] {
  switch (node?.kind) {
    case 'Fetch':
      return node.requires === undefined ? [node] : [];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(rootFetches);
    case 'Condition':
      return [...rootFetches(node.ifClause), ...rootFetches(node.elseClause)];
    case 'Defer':
      return [node.primary, ...node.deferred].flatMap((block) => rootFetches(block.node));
    case 'Flatten':
      // What comes later of the root itself stands at an empty path.
      return node.path.length === 0 ? rootFetches(node.node) : [];
    default:
      return [];
  }
}

/** How many fetches of a part of a plan have each identifier: one may have been split. */
export function fetchCounts(node: QueryPlan['node']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of fetchesOf(node)) if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

const documents = new WeakMap<FetchNode, DocumentNode>();

/** The operation of a fetch, which is parsed once. */
export function documentOf(node: FetchNode): DocumentNode {
  const document = documents.get(node) ?? parse(node.operation, { noLocation: true });
  documents.set(node, document);
  return document;
}
