import type { FastifyInstance } from 'fastify';
import type { Catalogue, CatalogueFilm } from './catalogue.ts';
import { inOrder, matching } from './film-order.ts';
import { pageOf, requestedPage, requestedSearchPage } from './pages.ts';
import { createTmdbBodies } from './tmdb-bodies.ts';
import { notFound, tooManyAppends, unprocessable } from './tmdb-failure.ts';

interface Route {
  Params: { id: string };
  Querystring: Record<string, string | undefined>;
}

const MAX_APPENDS = 20;

/** TMDb's routes over a catalogue, below whatever prefix the server has. Films and people by their TMDb number. */
export function addTmdbRoutes(server: FastifyInstance, catalogue: Catalogue): void {
  const bodies = createTmdbBodies(catalogue);
  const films = catalogue.films;

  const parts: Readonly<Record<string, (film: CatalogueFilm, page: unknown) => object>> = {
    credits: bodies.credits,
    external_ids: bodies.externalIds,
    keywords: bodies.keywords,
    release_dates: bodies.releaseDates,
    reviews: (film, page) => pageOf(bodies.reviews(film), requestedPage(page)),
  };

  function film(id: string): CatalogueFilm {
    const found = /^\d+$/.test(id) ? films.get(Number(id)) : undefined;
    if (!found) throw notFound();
    return found;
  }

  function list(found: readonly CatalogueFilm[], page: number) {
    const { results, ...frame } = pageOf(found, page);
    return { ...frame, results: results.map(bodies.listItem) };
  }

  server.get<Route>('/movie/:id', async ({ params, query }) => {
    const found = film(params.id);
    const appends = (query.append_to_response ?? '').split(',').filter((name) => name !== '');
    if (appends.length > MAX_APPENDS) throw tooManyAppends();
    // Names that TMDb does not know are left out there as well.
    const known = appends.flatMap((name) => (Object.hasOwn(parts, name) ? [[name, parts[name]?.(found, 1)]] : []));
    return { ...bodies.details(found), ...Object.fromEntries(known) };
  });
  for (const [name, part] of Object.entries(parts)) {
    server.get<Route>(`/movie/:id/${name}`, async ({ params, query }) => {
      const found = film(params.id);
      return { id: found.id, ...part(found, query.page) };
    });
  }

  server.get<Route>('/movie/popular', async ({ query }) => list(inOrder(films.values()), requestedPage(query.page)));
  server.get<Route>('/movie/top_rated', async ({ query }) =>
    list(inOrder(films.values(), 'vote_average.desc'), requestedPage(query.page)),
  );
  server.get<Route>('/discover/movie', async ({ query }) =>
    list(inOrder(films.values(), query.sort_by), requestedPage(query.page)),
  );
  server.get<Route>('/search/movie', async ({ query }) => {
    if (!query.query) throw unprocessable('query must be provided');
    return list(matching(films.values(), query.query), requestedSearchPage(query.page));
  });

  server.get<Route>('/person/:id', async ({ params }) => {
    const person = /^\d+$/.test(params.id) ? catalogue.people.get(Number(params.id)) : undefined;
    if (!person) throw notFound();
    return bodies.person(person);
  });
  server.get('/genre/movie/list', async () => ({
    genres: [...catalogue.genres].map(([id, name]) => ({ id, name })),
  }));
  server.get('/configuration', async () => CONFIGURATION);
}

/** Image addresses and sizes: https://developer.themoviedb.org/reference/configuration-details */
const CONFIGURATION = {
  change_keys: [],
  images: {
    base_url: 'http://image.tmdb.org/t/p/',
    secure_base_url: 'https://image.tmdb.org/t/p/',
    backdrop_sizes: ['w300', 'w780', 'w1280', 'original'],
    logo_sizes: ['w45', 'w92', 'w154', 'w185', 'w300', 'w500', 'original'],
    poster_sizes: ['w92', 'w154', 'w185', 'w342', 'w500', 'w780', 'original'],
    profile_sizes: ['w45', 'w185', 'h632', 'original'],
    still_sizes: ['w92', 'w185', 'w300', 'original'],
  },
};
