import { createHash, timingSafeEqual } from 'node:crypto';
import type { Logger } from '@marquee/runtime/logger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Catalogue } from './catalogue.ts';
import { addFaults, type Faults } from './faults.ts';
import { internalError, invalidKey, notFound, TmdbFailure } from './tmdb-failure.ts';
import { addTmdbRoutes } from './tmdb-routes.ts';

export interface TmdbEmulatorOptions {
  readonly catalogue: Catalogue;
  /** What requests must show, as a Bearer token or as `api_key`; undefined: nothing. */
  readonly token?: string | undefined;
  readonly faults: Faults;
  readonly logger: Logger;
}

/** Makes a server answer below `/3` as TMDb's API does; elsewhere it has, like TMDb's own address, only a page for people. */
export async function addTmdbEmulator(server: FastifyInstance, options: TmdbEmulatorOptions): Promise<void> {
  server.setErrorHandler((error, request, reply) => {
    if (error instanceof TmdbFailure) return reply.code(error.status).send(error.body);
    options.logger.error({ err: error, path: request.url.split('?')[0] }, 'a request failed');
    const failure = internalError();
    return reply.code(failure.status).send(failure.body);
  });
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/html').send('<!doctype html><title>Not found</title><p>The API is at /3.</p>\n'),
  );
  await server.register(
    async (api) => {
      addFaults(api, options.faults);
      api.addHook('onRequest', async (request) => {
        if (options.token !== undefined && !shows(request, options.token)) throw invalidKey();
      });
      api.setNotFoundHandler(() => {
        throw notFound();
      });
      addTmdbRoutes(api, options.catalogue);
    },
    { prefix: '/3' },
  );
}

function shows(request: FastifyRequest, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const key = (request.query as { api_key?: unknown }).api_key;
  return [bearer, key].some((shown) => typeof shown === 'string' && same(shown, token));
}

/** Compares in constant time, so that answers tell nothing of how much of a token is right. */
function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
