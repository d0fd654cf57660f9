import { MarqueeError } from '@marquee/runtime/errors';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Faults, faultsSchema } from './faults.ts';
import { changedMovie, changedPerson, movieChangeSchema, personChangeSchema } from './movie-changes.ts';
import type { MutableCatalogue } from './mutable-catalogue.ts';
import type { Overlay } from './overlay.ts';
import type { StatisticsRecorder } from './statistics.ts';

export interface AdminOptions {
  readonly catalogue: MutableCatalogue;
  readonly statistics: StatisticsRecorder;
  readonly faults: () => Faults;
  readonly setFaults: (faults: Faults) => void;
}

type Route = { Params: { id: string } };

/** Adds the emulator's own routes, which TMDb has not: they change the catalogue and the faults, and return statistics. */
export function addAdminRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { catalogue, statistics } = options;

  server.setErrorHandler((error, _request, reply) => {
    const isInvalid = error instanceof MarqueeError || error instanceof z.ZodError;
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String((error as Error).message);
    return reply
      .code(isInvalid ? 400 : ((error as { statusCode?: number }).statusCode ?? 500))
      .send({ error: message });
  });

  server.get('/statistics', async () => statistics.read());
  server.delete('/statistics', async (_request, reply) => {
    statistics.reset();
    return reply.code(204).send();
  });

  server.get('/faults', async () => options.faults());
  server.patch('/faults', async ({ body }) => {
    options.setFaults(faultsSchema.parse({ ...options.faults(), ...z.looseObject({}).parse(body) }));
    return options.faults();
  });

  server.patch<Route>('/movies/:id', async ({ params, body }) => {
    const id = idOf(params.id);
    catalogue.movies.set(id, changedMovie(catalogue, id, movieChangeSchema.parse(body)));
    return catalogue.movies.get(id);
  });
  server.patch<Route>('/people/:id', async ({ params, body }) => {
    const id = idOf(params.id);
    catalogue.people.set(id, changedPerson(catalogue, id, personChangeSchema.parse(body)));
    return catalogue.people.get(id);
  });
  addDeletion(server, '/movies/:id', catalogue.movies);
  addDeletion(server, '/people/:id', catalogue.people);
}

function addDeletion(server: FastifyInstance, path: string, overlay: Overlay<unknown>): void {
  server.delete<Route>(path, async ({ params }, reply) =>
    reply.code(overlay.delete(idOf(params.id)) ? 204 : 404).send(),
  );
  server.post<Route>(`${path}/restore`, async ({ params }, reply) =>
    reply.code(overlay.restore(idOf(params.id)) ? 204 : 404).send(),
  );
}

function idOf(id: string): number {
  return z.coerce.number().int().min(1).max(2_147_483_647).parse(id);
}
