import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** A predicate, true for origins whose pages may use the API from a browser; `*` for every origin. */
export type AllowedOrigins = '*' | ((origin: string) => boolean);

/** Seconds for which a browser need not send a preflight again; browsers have their own, lower bounds. */
const MAX_AGE_SECONDS = 86_400;

/** Headers of answers that pages may read beside those of every answer (Fetch, CORS-safelisted response-header name). */
const EXPOSED = ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'www-authenticate'];

/**
 * Lets pages of these origins use the API (Fetch, section 3.3). Whatever headers they send are allowed, cookies are not. Each answer
 * depends on the origin, refusals included, so that caches keep those of different origins apart.
 */
export async function registerCors(server: FastifyInstance, allowed: AllowedOrigins): Promise<void> {
  await server.register(cors, {
    // An origin that is not allowed gets the same answers without `access-control-allow-origin`.
    origin: allowed === '*' ? '*' : (origin, done) => done(null, origin !== undefined && allowed(origin) ? origin : []),
    methods: ['GET', 'POST'],
    exposedHeaders: EXPOSED,
    maxAge: MAX_AGE_SECONDS,
    strictPreflight: false,
  });
}
