import { describePlan, type PlanDescription } from '../execution/describe-plan.ts';
import type { RequestContext } from './request-context.ts';

/** Describes the plan of a request at this time; undefined when the client did not request it. */
export function planOf({ recording, trace }: RequestContext): PlanDescription | undefined {
  return recording && describePlan(recording, trace?.id);
}

/** Returns the member of a response's extensions with the plan as JSON text; undefined when the client did not request it. */
export function planExtension(context: RequestContext): string | undefined {
  const plan = planOf(context);
  return plan && `"queryPlan":${JSON.stringify(plan)}`;
}
