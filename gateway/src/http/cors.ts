import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** A predicate, true for origins whose pages may use the API from a browser; `*` for every origin. */
export type AllowedOrigins = '*' | ((origin: string) => boolean);

/** Seconds for which a browser need not send a preflight again; browsers have their own, lower bounds. */
const MAX_AGE_SECONDS = 86_400;

/** Response headers that pages may read beside the CORS-safelisted ones. */
const EXPOSED = ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'www-authenticate'];

/**
 * Lets pages of these origins use the API (Fetch, section 3.3), with any headers and without cookies. Every response
 * varies by the origin, so that caches keep those of different origins apart.
 */
export async function registerCors(server: FastifyInstance, allowed: AllowedOrigins): Promise<void> {
  await server.register(cors, {
    // Other origins get the same responses without `access-control-allow-origin`.
    origin: allowed === '*' ? '*' : (origin, done) => done(null, origin !== undefined && allowed(origin) ? origin : []),
    methods: ['GET', 'POST'],
    exposedHeaders: EXPOSED,
    maxAge: MAX_AGE_SECONDS,
    strictPreflight: false,
  });
}
