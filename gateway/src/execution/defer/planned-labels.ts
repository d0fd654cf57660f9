import type { DeferNode, QueryPlan } from '@apollo/query-planner';
import { operationLabel } from '../../directives/defer.ts';

/** Returns the operation's labels of the fragments that a plan defers. */
export function deferredLabels({ node }: QueryPlan): Set<string> {
  const labels = new Set<string>();
  const add = (deferring: DeferNode) => {
    for (const { label = '', node: inner } of deferring.deferred) {
      labels.add(operationLabel(label));
      if (inner?.kind === 'Defer') add(inner);
    }
  };
  if (node?.kind === 'Defer') add(node);
  return labels;
}
