import { GraphQLError } from 'graphql';
import type { ThreadEnd } from './planner-thread.ts';

/** Creates the error of an operation during whose planning the thread ended. */
export function planningEnded(end: ThreadEnd, timeoutMs: number): GraphQLError {
  if (end === 'timeout') {
    const message = `The operation is not planned after ${timeoutMs} ms: ask for less at once, or in several operations.`;
    return refusal(message, 'PLANNING_TIMEOUT', 400);
  }
  if (end === 'out_of_memory') {
    const message = 'The operation takes too much memory to plan: ask for less at once, or in several operations.';
    return refusal(message, 'PLANNING_OUT_OF_MEMORY', 400);
  }
  return refusal('The planner ended while it planned the operation.', 'PLANNING_FAILED', 500);
}

/** Creates the error of an operation that the planner has no time for. */
export function plannerBusy(timeoutMs: number): GraphQLError {
  const headers = { 'retry-after': String(Math.ceil(timeoutMs / 1000)) };
  const message =
    'Too many new operations are waiting to be planned: try again after the seconds that Retry-After tells.';
  return refusal(message, 'PLANNER_BUSY', 503, headers);
}

/** Creates the error for a planner whose thread cannot be started again. */
export function plannerUnavailable(): GraphQLError {
  const message = 'New operations cannot be planned at the moment. Try again shortly.';
  return refusal(message, 'PLANNER_UNAVAILABLE', 503, { 'retry-after': '1' });
}

function refusal(message: string, code: string, status: number, headers?: Record<string, string>): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status, ...(headers && { headers }) } } });
}
