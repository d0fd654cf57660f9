import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { APPENDED, type Details, type Movie, type PersonBody, type ReviewPage } from './bodies.ts';

/** TMDb's page size. */
const PAGE = 20;

/** An HTTP server with TMDb's API and a test's movies. */
export interface TmdbServer {
  /** Value for TMDB_BASE_URL. */
  readonly baseUrl: string;
  /** The movies, which tests may change at any time. */
  readonly movies: Map<number, Movie>;
  close(): Promise<void>;
}

export async function startTmdbServer(
  movies: Iterable<Movie> = [],
  persons: Iterable<PersonBody> = [],
): Promise<TmdbServer> {
  const personsById = new Map([...persons].map((person) => [person.id, person]));
  const byId = new Map([...movies].map((movie) => [movie.details.id, movie]));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://tmdb');
    const body = personOf(personsById, url) ?? answer(byId, url);
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json;charset=utf-8' });
    response.end(
      JSON.stringify(
        body ?? { success: false, status_code: 34, status_message: 'The resource you requested could not be found.' },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/3`,
    movies: byId,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** Returns a person with all parts: they are appended by name, and none is large. */
function personOf(persons: ReadonlyMap<number, PersonBody>, { pathname }: URL): PersonBody | undefined {
  return persons.get(Number(/^\/3\/person\/(\d+)$/.exec(pathname)?.[1]));
}

function answer(movies: ReadonlyMap<number, Movie>, url: URL): unknown {
  if (url.pathname === '/3/movie/popular') return popular(movies);
  const [, id, part] = /^\/3\/movie\/(\d+)(?:\/(credits|reviews))?$/.exec(url.pathname) ?? [];
  const movie = movies.get(Number(id));
  if (movie === undefined) return undefined;
  if (part === undefined) return withParts(movie.details, url.searchParams.get('append_to_response')?.split(',') ?? []);
  return part === 'credits' ? movie.credits : reviewPage(movie, Number(url.searchParams.get('page') ?? 1));
}

/** Returns the details without the parts that are not requested. */
function withParts(details: Details, names: readonly string[]): unknown {
  const isPart = (name: string) => (APPENDED as readonly string[]).includes(name);
  return Object.fromEntries(Object.entries(details).filter(([name]) => !isPart(name) || names.includes(name)));
}

function popular(movies: ReadonlyMap<number, Movie>): unknown {
  const results = [...movies.values()].slice(0, PAGE).map(({ details }) => ({ id: details.id, title: details.title }));
  return { page: 1, results, total_pages: 1, total_results: results.length };
}

function reviewPage({ details, reviews }: Movie, page: number): ReviewPage {
  return {
    id: details.id,
    page,
    results: reviews.slice((page - 1) * PAGE, page * PAGE),
    total_pages: Math.ceil(reviews.length / PAGE),
    total_results: reviews.length,
  };
}
