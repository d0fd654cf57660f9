import type { EntityKind } from '../domain/entity.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** Days of one list: TMDb lists at most 14 at once, and about 6,000 movies a day, of which its pages hold 50,000. */
const MAX_DAYS = 7;
/** TMDb's last page of any list; requests beyond it fail. */
const MAX_PAGES = 500;
const DAY_MS = 86_400_000;

/** Entities of one kind that TMDb lists as changed. */
export interface Listed {
  readonly kind: EntityKind;
  readonly ids: readonly number[];
  /** Adds unknown entities to the queue. */
  readonly addUnknown: boolean;
}

/** The queue as the feed of changes uses it. */
export interface ChangedEntities {
  /** Queues entities that changed on days before today, unless they were refreshed after the last of them. */
  enqueueChangedBefore(listed: Listed, end: Date): Promise<number>;
  /**
   * Queues entities that today's list names for the first time, and those that it named before and that were refreshed longest ago, up to a
   * number: the list does not say whether they changed again.
   */
  enqueueListed(listed: Listed, day: string, rechecks: number): Promise<number>;
}

/** The changes to queue. */
export interface ChangesQuery extends Omit<Listed, 'ids'> {
  readonly since: Date;
  readonly now: Date;
  /** Number of entities to request again although today's list named them before. */
  readonly rechecks: number;
}

/**
 * Reads TMDb's lists of changes since a time, and queues what they name: https://developer.themoviedb.org/reference/changes-movie-list. The
 * lists have days and no times, so that today's list is read again each time.
 *
 * @returns the number of queued entities
 */
export async function queueChanges(
  tmdb: TmdbApi,
  entities: ChangedEntities,
  { kind, since, now, rechecks, addUnknown }: ChangesQuery,
): Promise<number> {
  const today = startOfDay(now);
  let queued = 0;
  for (let start = startOfDay(since); start < today; start += MAX_DAYS * DAY_MS) {
    const end = Math.min(start + MAX_DAYS * DAY_MS, today);
    const ids = await listedIds(tmdb, kind, start, end);
    queued += await entities.enqueueChangedBefore({ kind, ids: [...ids], addUnknown }, new Date(end));
  }
  const ids = await listedIds(tmdb, kind, today, today + DAY_MS);
  return queued + (await entities.enqueueListed({ kind, ids: [...ids], addUnknown }, dayOf(today), rechecks));
}

/**
 * Returns the ids of the days from `first` to `end`, in ms since 1970. TMDb does not document whether the list includes its end date, so
 * that the ids of that day may be among them. A list with more pages than TMDb serves is read by halves. Pages are requested at once:
 * TMDb's list of a day has about 60.
 */
async function listedIds(tmdb: TmdbApi, kind: EntityKind, first: number, end: number): Promise<Set<number>> {
  const read = async (page: number) => {
    const { body } = await tmdb.changes(kind, { start: dayOf(first), end: dayOf(end), page });
    if (!body) throw new Error(`TMDb returned 404 for the changes of ${kind}s`);
    return body;
  };
  const { results, total_pages } = await read(1);
  const pages = total_pages ?? 1;
  const middle = first + Math.ceil((end - first) / DAY_MS / 2) * DAY_MS;
  if (pages > MAX_PAGES && middle < end) {
    const [earlier, later] = [await listedIds(tmdb, kind, first, middle), await listedIds(tmdb, kind, middle, end)];
    return new Set([...earlier, ...later]);
  }
  const further = Array.from({ length: Math.max(0, Math.min(MAX_PAGES, pages) - 1) }, (_, index) => read(index + 2));
  const bodies = await Promise.all(further);
  return new Set([...results, ...bodies.flatMap((body) => body.results)].map(({ id }) => id));
}

const startOfDay = (time: Date) => Math.floor(time.getTime() / DAY_MS) * DAY_MS;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
