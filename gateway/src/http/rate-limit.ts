import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';

export interface RateLimit {
  /** Requests that one client may send in a window; 0 sets no limit. */
  readonly requests: number;
  readonly windowSeconds: number;
}

/** Clients that are remembered; the ones that were silent longest are forgotten first. */
const CLIENTS = 100_000;

/**
 * Refuses requests of a client over the limit with 429, and tells each how much is left (`ratelimit-*`, `retry-after`).
 * A client is an address, or the /64 network of one in IPv6. The count is this process's own.
 */
export async function registerRateLimit(server: FastifyInstance, limit: RateLimit): Promise<void> {
  if (limit.requests === 0) return;
  await server.register(rateLimit, {
    max: limit.requests,
    timeWindow: limit.windowSeconds * 1_000,
    cache: CLIENTS,
    enableDraftSpec: true,
  });
}
