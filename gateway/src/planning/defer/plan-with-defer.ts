import type { QueryPlan } from '@apollo/query-planner';
import { type GraphQLSchema, visit } from 'graphql';
import { deferLabelOf } from '../../directives/defer.ts';
import type { NormalizedFragment, NormalizedOperation } from '../../graphql/normalized-operation.ts';
import type { PreprocessedSupergraph } from '../preprocess-supergraph.ts';
import { expandDeferredTypes } from './expand-deferred-types.ts';
import { inlineHelperDefers } from './inline-helper-defers.ts';
import { orderDeferredFetches } from './order-deferred-fetches.ts';

/** Fragments of one operation that are tried one after the other, each of which takes a planning, and the time after which none is, in ms. */
const MAX_TRIED = 8;
const MAX_TRYING_MS = 1_000;

/**
 * Plans an operation so that as much of it comes later as the planner can: as it is; else in a form that it does not fail at; else without
 * the fragments that it fails at, which come with what they stand in. The plan has no more than the labels of what comes later.
 *
 * @param document whose `@defer` all have labels and no conditions
 * @param plan what the planner makes of a document; it may throw at what is deferred
 * @throws GraphQLError when what is asked for cannot be planned, deferred or not
 */
export function planWithDefer(
  planning: PreprocessedSupergraph,
  schema: GraphQLSchema,
  operation: NormalizedOperation,
  plan: (operation: NormalizedOperation) => QueryPlan,
): QueryPlan {
  const labels = labelsIn(operation);
  if (labels.length === 0) return plan(operation);
  const planned = (form: NormalizedOperation): QueryPlan | undefined => {
    try {
      return orderDeferredFetches(inlineHelperDefers(plan(form)));
    } catch {
      return undefined; // if it is not the deferring, planning without it says so
    }
  };
  const toldApart = (kept: readonly string[]) =>
    planned(expandDeferredTypes(planning, schema, deferringOnly(operation, kept)));
  const whole = planned(operation) ?? toldApart(labels);
  if (whole !== undefined) return whole;
  const kept: string[] = [];
  const end = performance.now() + MAX_TRYING_MS;
  let best: QueryPlan | undefined;
  for (const label of labels.slice(0, MAX_TRIED)) {
    const found = performance.now() < end ? toldApart([...kept, label]) : undefined;
    if (found === undefined) continue;
    kept.push(label);
    best = found;
  }
  return best ?? plan(deferringOnly(operation, []));
}

function labelsIn(operation: NormalizedOperation): string[] {
  const labels: string[] = [];
  visit(operation, {
    InlineFragment(node) {
      const label = deferLabelOf(node as NormalizedFragment);
      if (label !== undefined) labels.push(label);
    },
  });
  return labels;
}

function deferringOnly(operation: NormalizedOperation, labels: readonly string[]): NormalizedOperation {
  return visit(operation, {
    InlineFragment: {
      leave(node) {
        const label = deferLabelOf(node as NormalizedFragment);
        return label === undefined || labels.includes(label) ? undefined : { ...node, directives: [] };
      },
    },
  });
}
