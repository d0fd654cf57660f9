import { GraphQLError } from 'graphql';
import type { ThreadEnd } from './planner-thread.ts';

/** Creates the error of an operation during whose planning the thread ended. */
export function planningEnded(end: ThreadEnd, timeoutMs: number): GraphQLError {
  if (end === 'timeout') {
    const message = `Planning the operation takes more than ${timeoutMs} ms: request less, or split it into several operations.`;
    return rejection(message, 'PLANNING_TIMEOUT', 400);
  }
  if (end === 'out_of_memory') {
    const message = 'Planning the operation takes too much memory: request less, or split it into several operations.';
    return rejection(message, 'PLANNING_OUT_OF_MEMORY', 400);
  }
  return rejection('The planner ended while it planned the operation.', 'PLANNING_FAILED', 500);
}

/** Creates the error of an operation that exceeds the limit of waiting ones. */
export function plannerBusy(timeoutMs: number): GraphQLError {
  const headers = { 'retry-after': String(Math.ceil(timeoutMs / 1000)) };
  const message = 'Too many new operations are waiting to be planned: try again after the seconds in Retry-After.';
  return rejection(message, 'PLANNER_BUSY', 503, headers);
}

/** Creates the error of operations while the planner's thread cannot be restarted. */
export function plannerUnavailable(): GraphQLError {
  const message = 'New operations cannot be planned at the moment. Try again shortly.';
  return rejection(message, 'PLANNER_UNAVAILABLE', 503, { 'retry-after': '1' });
}

function rejection(message: string, code: string, status: number, headers?: Record<string, string>): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status, ...(headers && { headers }) } } });
}
