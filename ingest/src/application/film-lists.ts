import type { Entry } from './ingest-films.ts';
import { toPartFailure } from './part-failure.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** Films named one by one. */
export async function* namedFilms(ids: Iterable<number>): AsyncGenerator<Entry, void> {
  for (const id of ids) yield { id };
}

/** Which pages of TMDb's list of popular films to read. */
export interface PopularFilms {
  /** How many pages, from the first on; the list may end before. */
  readonly pages: number;
  /** Aborted when no further page may be read. */
  readonly stop: AbortSignal;
  /** Called once, when the first page says how many films there are on the pages asked for. */
  readonly onTotal?: (films: number) => void;
}

const PAGE_SIZE = 20;

/** The films of the most popular pages. The page after the one being read is asked for ahead. A page that fails is an entry too. */
export async function* popularFilms(tmdb: TmdbApi, options: PopularFilms): AsyncGenerator<Entry, void> {
  let last = options.pages;
  let upcoming = readPage(tmdb, 1);
  for (let page = 1; page <= last && !options.stop.aborted; page += 1) {
    const { body, entries } = await upcoming;
    if (page === 1) {
      // Where the first page does not answer, there is no telling how many there are.
      last = body ? Math.min(last, body.total_pages ?? last) : 1;
      options.onTotal?.(body ? Math.min(body.total_results ?? last * PAGE_SIZE, last * PAGE_SIZE) : 0);
    }
    if (page < last) upcoming = readPage(tmdb, page + 1);
    yield* entries;
  }
}

/** Never rejects: why a page could not be read is its only entry then. */
async function readPage(tmdb: TmdbApi, page: number) {
  try {
    const { body, omissions } = await tmdb.popular(page);
    if (!body) throw new Error('TMDb does not have it (404)');
    return {
      body,
      entries: [...body.results.map(({ id }): Entry => ({ id })), ...(omissions.count > 0 ? [{ omissions }] : [])],
    };
  } catch (error) {
    const failure = toPartFailure(null, 'list', error);
    const entry: Entry = { failure: { ...failure, reason: `popular films, page ${page}: ${failure.reason}` }, error };
    return { body: undefined, entries: [entry] };
  }
}
