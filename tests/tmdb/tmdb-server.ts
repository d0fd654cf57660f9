import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Details, Film, ReviewPage } from './bodies.ts';

/** TMDb's page size. */
const PAGE = 20;

/** An HTTP server that answers as TMDb does, for the films that a test hands it. */
export interface TmdbServer {
  /** What TMDB_BASE_URL is set to. */
  readonly baseUrl: string;
  /** Add, change or delete films at any time. */
  readonly films: Map<number, Film>;
  close(): Promise<void>;
}

export async function startTmdbServer(films: Iterable<Film> = []): Promise<TmdbServer> {
  const known = new Map([...films].map((film) => [film.details.id, film]));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://tmdb');
    const body = answer(known, url);
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
    films: known,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function answer(films: ReadonlyMap<number, Film>, url: URL): unknown {
  if (url.pathname === '/3/movie/popular') return popular(films);
  const [, id, part] = /^\/3\/movie\/(\d+)(?:\/(credits|reviews))?$/.exec(url.pathname) ?? [];
  const film = films.get(Number(id));
  if (film === undefined) return undefined;
  if (part === undefined) return withParts(film.details, url.searchParams.get('append_to_response')?.split(',') ?? []);
  return part === 'credits' ? film.credits : reviewPage(film, Number(url.searchParams.get('page') ?? 1));
}

/** The details with those of their other parts that are asked for. */
function withParts({ keywords, external_ids, release_dates, ...details }: Details, names: readonly string[]): unknown {
  const parts = Object.entries({ keywords, external_ids, release_dates });
  return { ...details, ...Object.fromEntries(parts.filter(([name]) => names.includes(name))) };
}

function popular(films: ReadonlyMap<number, Film>): unknown {
  const results = [...films.values()].slice(0, PAGE).map(({ details }) => ({ id: details.id, title: details.title }));
  return { page: 1, results, total_pages: 1, total_results: results.length };
}

function reviewPage({ details, reviews }: Film, page: number): ReviewPage {
  return {
    id: details.id,
    page,
    results: reviews.slice((page - 1) * PAGE, page * PAGE),
    total_pages: Math.ceil(reviews.length / PAGE),
    total_results: reviews.length,
  };
}
