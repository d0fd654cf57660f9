/**
 * Fault: the planner throws at a deferred field whose requirement comes from the subgraph that provides the field's key.
 *
 * Input: `{ order { ... @defer(label: "a") { total } } }` on the subgraphs
 *
 *     # orders
 *     type Query { order: Order }
 *     type Order @key(fields: "number") { number: ID! }
 *     # sums
 *     type Order @key(fields: "number") @key(fields: "serial") { number: ID! serial: ID! sum: Int }
 *     # totals
 *     type Order @key(fields: "serial") @key(fields: "number", resolvable: false) {
 *       number: ID! serial: ID! sum: Int @external total: Int @requires(fields: "sum") }
 *
 * The planner throws "Root groups: […] should have no remaining groups unhandled".
 */
import type { QueryPlan } from '@apollo/query-planner';
import { visit } from 'graphql';
import { deferLabelOf } from '../../directives/defer.ts';
import type { NormalizedFragment, NormalizedOperation } from '../../graphql/normalized-operation.ts';

/** Limits of the plannings of one operation: their number, and the time in ms after which none starts. */
const MAX_PLANNINGS = 8;
const MAX_MS = 1_000;

/**
 * Plans an operation with those deferred fragments at which the planner does not fail; the others are included in their
 * parents. Each fragment takes a planning.
 *
 * @param plan returns undefined when the planner fails
 * @returns undefined when it fails at each fragment
 */
export function planDeferrableFragments(
  operation: NormalizedOperation,
  labels: readonly string[],
  plan: (operation: NormalizedOperation) => QueryPlan | undefined,
): QueryPlan | undefined {
  const end = performance.now() + MAX_MS;
  let dropped = labels;
  let best: QueryPlan | undefined;
  for (const label of labels.slice(0, MAX_PLANNINGS)) {
    if (performance.now() >= end) break;
    const others = dropped.filter((other) => other !== label);
    const planned = plan(withoutDefer(operation, others));
    if (planned === undefined) continue;
    dropped = others;
    best = planned;
  }
  return best;
}

/** Includes the fragments with these labels in their parents. */
export function withoutDefer(operation: NormalizedOperation, labels: readonly string[]): NormalizedOperation {
  return visit(operation, {
    InlineFragment: {
      leave(node) {
        const label = deferLabelOf(node as NormalizedFragment);
        return label !== undefined && labels.includes(label) ? { ...node, directives: [] } : undefined;
      },
    },
  });
}
