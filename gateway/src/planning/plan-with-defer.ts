import type { QueryPlan } from '@apollo/query-planner';
import { type GraphQLSchema, visit } from 'graphql';
import { deferLabelOf } from '../directives/defer.ts';
import type { NormalizedFragment, NormalizedOperation } from '../graphql/normalized-operation.ts';
import type { PreprocessedSupergraph } from './preprocess-supergraph.ts';
import { inlineHelperDefers, requirementDetector } from './workarounds/defer-requirements.ts';
import { planDeferrableFragments, withoutDefer } from './workarounds/drop-undeferrable-fragments.ts';
import { expandDeferredTypes } from './workarounds/expand-deferred-types.ts';
import { orderDeferredFetches } from './workarounds/order-deferred-fetches.ts';

/**
 * Plans an operation and defers as many of its fragments as the planner can: as it is; else in a form at which the
 * planner does not fail; else without the fragments at which it fails. The plan has the labels of the deferred ones.
 *
 * @param operation an operation whose `@defer` all have labels and no conditions
 * @param plan plans an operation; it may throw because of a deferred fragment
 * @throws GraphQLError when the operation cannot be planned without `@defer` either
 */
export function planWithDefer(
  supergraph: PreprocessedSupergraph,
  schema: GraphQLSchema,
  operation: NormalizedOperation,
  plan: (operation: NormalizedOperation) => QueryPlan,
): QueryPlan {
  const labels = labelsIn(operation);
  if (labels.length === 0) return plan(operation);
  const tryToPlan = (form: NormalizedOperation): QueryPlan | undefined => {
    try {
      return orderDeferredFetches(inlineHelperDefers(plan(form)));
    } catch {
      return undefined; // planning without `@defer` throws again when another part of the operation is the reason
    }
  };
  const isRequiring = requirementDetector(supergraph, schema);
  const tryToExpand = (form: NormalizedOperation) => tryToPlan(expandDeferredTypes(schema, form, isRequiring));
  return (
    tryToPlan(operation) ??
    tryToExpand(operation) ??
    planDeferrableFragments(operation, labels, tryToExpand) ??
    plan(withoutDefer(operation, labels))
  );
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
