import type { FastifyInstance } from 'fastify';
import { appended } from './appended.ts';
import type { CataloguePerson } from './catalogue.ts';
import type { MutableCatalogue } from './mutable-catalogue.ts';
import { createPersonBodies } from './person-bodies.ts';
import type { ServedValue } from './stale-responses.ts';
import { notFound } from './tmdb-failure.ts';

interface Route {
  Params: { id: string };
  Querystring: Record<string, string | undefined>;
}

/** Adds TMDb's routes of persons over a catalogue, below the server's prefix. */
export function addPersonRoutes(server: FastifyInstance, catalogue: MutableCatalogue, served: ServedValue): void {
  const bodies = createPersonBodies(catalogue);

  const parts: Readonly<Record<string, (person: CataloguePerson) => object>> = {
    external_ids: bodies.externalIds,
    images: bodies.images,
    translations: bodies.translations,
  };

  function person(id: string, url: string): CataloguePerson {
    const found = /^\d+$/.test(id) ? served(catalogue.people, Number(id), url) : undefined;
    if (!found) throw notFound();
    return found;
  }

  server.get<Route>('/person/:id', async ({ params, query, url }) => {
    const found = person(params.id, url);
    return { ...bodies.person(found), ...appended(parts, query.append_to_response, (part) => part(found)) };
  });
  for (const [name, part] of Object.entries(parts)) {
    server.get<Route>(`/person/:id/${name}`, async ({ params, url }) => {
      const found = person(params.id, url);
      return { id: found.id, ...part(found) };
    });
  }
}
