import type { FastifyInstance } from 'fastify';
import { appended } from './appended.ts';
import type { CatalogueMovie } from './catalogue.ts';
import { changesPage } from './changes.ts';
import { createMediaBodies } from './media-bodies.ts';
import { inOrder, matching } from './movie-order.ts';
import type { MutableCatalogue } from './mutable-catalogue.ts';
import { pageOf, requestedPage, requestedSearchPage } from './pages.ts';
import { addPersonRoutes } from './person-routes.ts';
import type { ServedValue } from './stale-responses.ts';
import { createTmdbBodies } from './tmdb-bodies.ts';
import { notFound, unprocessable } from './tmdb-failure.ts';

interface Route {
  Params: { id: string };
  Querystring: Record<string, string | undefined>;
}

/**
 * Adds TMDb's routes over a catalogue, below the server's prefix. Movies and people have their TMDb number as id.
 *
 * @param now returns ms since 1970
 */
export function addTmdbRoutes(
  server: FastifyInstance,
  catalogue: MutableCatalogue,
  served: ServedValue,
  now: () => number,
): void {
  const bodies = createTmdbBodies(catalogue);
  const movies = catalogue.movies;

  const parts: Readonly<Record<string, (movie: CatalogueMovie, page: unknown) => object>> = {
    credits: bodies.credits,
    external_ids: bodies.externalIds,
    keywords: bodies.keywords,
    release_dates: bodies.releaseDates,
    reviews: (movie, page) => pageOf(bodies.reviews(movie), requestedPage(page)),
    ...createMediaBodies(catalogue, bodies.listItem),
  };

  function movie(id: string, url: string): CatalogueMovie {
    const found = /^\d+$/.test(id) ? served(movies, Number(id), url) : undefined;
    if (!found) throw notFound();
    return found;
  }

  function list(found: readonly CatalogueMovie[], page: number) {
    const { results, ...frame } = pageOf(found, page);
    return { ...frame, results: results.map(bodies.listItem) };
  }

  server.get<Route>('/movie/:id', async ({ params, query, url }) => {
    const found = movie(params.id, url);
    return { ...bodies.details(found), ...appended(parts, query.append_to_response, (part) => part(found, 1)) };
  });
  for (const [name, part] of Object.entries(parts)) {
    server.get<Route>(`/movie/:id/${name}`, async ({ params, query, url }) => {
      const found = movie(params.id, url);
      return { id: found.id, ...part(found, query.page) };
    });
  }

  server.get<Route>('/movie/changes', async ({ query }) => changesPage(movies, query, now()));
  server.get<Route>('/person/changes', async ({ query }) => changesPage(catalogue.people, query, now()));
  server.get<Route>('/movie/popular', async ({ query }) =>
    list(inOrder(catalogue.listed()), requestedPage(query.page)),
  );
  server.get<Route>('/movie/top_rated', async ({ query }) =>
    list(inOrder(catalogue.listed(), 'vote_average.desc'), requestedPage(query.page)),
  );
  server.get<Route>('/discover/movie', async ({ query }) =>
    list(inOrder(catalogue.listed(), query.sort_by), requestedPage(query.page)),
  );
  server.get<Route>('/search/movie', async ({ query }) => {
    if (!query.query) throw unprocessable('query must be provided');
    return list(matching(catalogue.listed(), query.query), requestedSearchPage(query.page));
  });

  addPersonRoutes(server, catalogue, served);
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
