import { createHash, timingSafeEqual } from 'node:crypto';
import type { Logger } from '@marquee/runtime/logger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addAdminRoutes } from './admin-routes.ts';
import type { Catalogue } from './catalogue.ts';
import { addConnectionLimit } from './connection-limit.ts';
import { addFaultInjection } from './fault-injection.ts';
import type { Faults } from './faults.ts';
import { addIdExports } from './id-exports.ts';
import { createMutableCatalogue } from './mutable-catalogue.ts';
import { addResponseCaching } from './response-caching.ts';
import { createServedValue } from './stale-responses.ts';
import { createStatistics } from './statistics.ts';
import { internalError, invalidKey, notFound, TmdbFailure } from './tmdb-failure.ts';
import { addTmdbRoutes } from './tmdb-routes.ts';

export interface TmdbEmulatorOptions {
  readonly catalogue: Catalogue;
  /** Token that requests must have, as a Bearer token or as `api_key`; none by default. */
  readonly token?: string | undefined;
  readonly faults: Faults;
  /** Seed of the faults and the latency. */
  readonly seed: number;
  /** Seconds in the Cache-Control of responses. */
  readonly maxAge: number;
  /** Serves the routes below `/emulator`, which change the catalogue and the faults. */
  readonly admin: boolean;
  readonly logger: Logger;
  /** Returns ms since 1970; the system's clock by default. */
  readonly now?: () => number;
}

/** Adds TMDb's API to a server below `/3`, and the id exports; other paths return an HTML page, as at TMDb. */
export async function addTmdbEmulator(server: FastifyInstance, options: TmdbEmulatorOptions): Promise<void> {
  const now = options.now ?? Date.now;
  const catalogue = createMutableCatalogue(options.catalogue, now);
  const statistics = createStatistics(now);
  let faults = options.faults;

  server.setErrorHandler((error, request, reply) => {
    if (error instanceof TmdbFailure) return reply.code(error.status).send(error.body);
    options.logger.error({ err: error, path: request.url.split('?')[0] }, 'a request failed');
    const failure = internalError();
    return reply.code(failure.status).send(failure.body);
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/html').send('<!doctype html><title>Not found</title><p>The API is at /3.</p>\n'),
  );
  addConnectionLimit(server.server, () => faults.maxConnections, statistics);
  addIdExports(server, catalogue, now);
  if (options.admin) {
    const setFaults = (changed: Faults) => {
      faults = changed;
    };
    await server.register(
      async (admin) => addAdminRoutes(admin, { catalogue, statistics, faults: () => faults, setFaults }),
      { prefix: '/emulator' },
    );
  }
  await server.register(
    async (api) => {
      addFaultInjection(api, { faults: () => faults, seed: options.seed, statistics });
      addResponseCaching(api, options.maxAge);
      api.addHook('onRequest', async (request) => {
        if (options.token !== undefined && !hasToken(request, options.token)) throw invalidKey();
      });
      api.setNotFoundHandler(() => {
        throw notFound();
      });
      const served = createServedValue({ faults: () => faults, seed: options.seed, statistics, now });
      addTmdbRoutes(api, catalogue, served, now);
    },
    { prefix: '/3' },
  );
}

function hasToken(request: FastifyRequest, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const key = (request.query as { api_key?: unknown }).api_key;
  return [bearer, key].some((given) => typeof given === 'string' && equals(given, token));
}

/** Compares in constant time, so that response times reveal nothing about the token. */
function equals(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
