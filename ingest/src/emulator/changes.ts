import { hexId } from './derived-values.ts';
import type { Overlay } from './overlay.ts';
import { pageOf, requestedPage } from './pages.ts';
import { invalidDateRange } from './tmdb-failure.ts';

const PAGE_SIZE = 100;
const DAY_MS = 86_400_000;
const MAX_DAYS = 14;

/** Query parameters of TMDb's lists of changes. */
export interface ChangesQuery {
  /** YYYY-MM-DD; by default 24 hours before the end. */
  readonly start_date?: string | undefined;
  /** YYYY-MM-DD, that day included; by default now. */
  readonly end_date?: string | undefined;
  readonly page?: string | undefined;
}

/**
 * Returns a page of the ids that changed, deleted ones included: https://developer.themoviedb.org/reference/changes-movie-list. The order
 * is arbitrary but stable, since TMDb documents none.
 *
 * @param now ms since 1970
 * @throws TmdbFailure code 20 for more than 14 days, code 22 for pages other than 1 to 500
 */
export function changesPage(overlay: Overlay<unknown>, query: ChangesQuery, now: number) {
  const end = query.end_date === undefined ? now : dayOf(query.end_date) + DAY_MS - 1;
  const start = query.start_date === undefined ? end - DAY_MS : dayOf(query.start_date);
  if (start > end || end - start > (MAX_DAYS + 1) * DAY_MS) throw invalidDateRange();
  const ids = [...overlay.changedBetween(start, end)]
    .map((id) => ({ id, key: hexId('change', id) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = pageOf(ids, requestedPage(query.page), PAGE_SIZE);
  return {
    ...page,
    results: page.results.map(({ id }) => ({ id, adult: overlay.get(id) === undefined ? null : false })),
  };
}

/** Returns the start of a day in ms since 1970. @throws TmdbFailure code 20 */
function dayOf(date: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw invalidDateRange();
  return time;
}
