import type { IncomingHttpHeaders } from 'node:http';

/** The response header with the trace id, for clients that requested a plan. */
export const TRACE_HEADER = 'marquee-trace-id';

/** Returns true when a client requests `extensions.queryPlan`. */
export function requestsPlan(headers: IncomingHttpHeaders): boolean {
  return headers['marquee-query-plan'] === '1';
}
