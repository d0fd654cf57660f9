import type { FastifyInstance } from 'fastify';
import { appended } from './appended.ts';
import type { Catalogue, CataloguePerson } from './catalogue.ts';
import { createPersonBodies } from './person-bodies.ts';
import { notFound } from './tmdb-failure.ts';

interface Route {
  Params: { id: string };
  Querystring: Record<string, string | undefined>;
}

/** Adds TMDb's routes of persons over a catalogue, below the server's prefix. */
export function addPersonRoutes(server: FastifyInstance, catalogue: Catalogue): void {
  const bodies = createPersonBodies(catalogue);

  const parts: Readonly<Record<string, (person: CataloguePerson) => object>> = {
    external_ids: bodies.externalIds,
    images: bodies.images,
    translations: bodies.translations,
  };

  function person(id: string): CataloguePerson {
    const found = /^\d+$/.test(id) ? catalogue.people.get(Number(id)) : undefined;
    if (!found) throw notFound();
    return found;
  }

  server.get<Route>('/person/:id', async ({ params, query }) => {
    const found = person(params.id);
    return { ...bodies.person(found), ...appended(parts, query.append_to_response, (part) => part(found)) };
  });
  for (const [name, part] of Object.entries(parts)) {
    server.get<Route>(`/person/:id/${name}`, async ({ params }) => {
      const found = person(params.id);
      return { id: found.id, ...part(found) };
    });
  }
}
