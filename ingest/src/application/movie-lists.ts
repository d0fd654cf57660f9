import type { Entry } from './ingest-movies.ts';
import { toPartFailure } from './part-failure.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** Yields an entry for each id. */
export async function* moviesWithIds(ids: Iterable<number>): AsyncGenerator<Entry, void> {
  for (const id of ids) yield { id };
}

/** The pages to read of TMDb's list of popular movies. */
export interface PopularMovies {
  /** Number of pages from the first one; the list may be shorter. */
  readonly pages: number;
  /** Aborts reading further pages. */
  readonly stop: AbortSignal;
  /** Called once, after the first page, with the number of movies on the requested pages. */
  readonly onTotal?: (movies: number) => void;
}

const PAGE_SIZE = 20;

/** Yields the movies of TMDb's most popular pages, with one page of read-ahead. A page that fails yields a failure. */
export async function* popularMovies(tmdb: TmdbApi, options: PopularMovies): AsyncGenerator<Entry, void> {
  let last = options.pages;
  let upcoming = readPage(tmdb, 1);
  for (let page = 1; page <= last && !options.stop.aborted; page += 1) {
    const { body, entries } = await upcoming;
    if (page === 1) {
      // Without the first page, the number of pages is unknown.
      last = body ? Math.min(last, body.total_pages ?? last) : 1;
      options.onTotal?.(body ? Math.min(body.total_results ?? last * PAGE_SIZE, last * PAGE_SIZE) : 0);
    }
    if (page < last) upcoming = readPage(tmdb, page + 1);
    yield* entries;
  }
}

/** Returns the entries of a page, or the failure as its only entry. Never rejects. */
async function readPage(tmdb: TmdbApi, page: number) {
  try {
    const { body, omissions } = await tmdb.popular(page);
    if (!body) throw new Error('TMDb returned 404');
    return {
      body,
      entries: [...body.results.map(({ id }): Entry => ({ id })), ...(omissions.count > 0 ? [{ omissions }] : [])],
    };
  } catch (error) {
    const failure = toPartFailure(null, 'list', error);
    const entry: Entry = { failure: { ...failure, reason: `popular movies, page ${page}: ${failure.reason}` }, error };
    return { body: undefined, entries: [entry] };
  }
}
