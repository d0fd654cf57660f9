import { invalidPage, unprocessable } from './tmdb-failure.ts';

const PAGE_SIZE = 20;
const MAX_PAGES = 500;

/** The page that a query asks for; the first where it does not say. @throws TmdbFailure 400, code 22 */
export function requestedPage(page: unknown): number {
  const number = page === undefined ? 1 : Number(page);
  if (!Number.isInteger(number) || number < 1 || number > MAX_PAGES) throw invalidPage();
  return number;
}

/** The page that a search asks for, which TMDb refuses in another way. @throws TmdbFailure 422 */
export function requestedSearchPage(page: unknown): number {
  const number = page === undefined ? 1 : Number(page);
  if (!Number.isInteger(number) || number < 1) throw unprocessable('page must be greater than 0');
  if (number > MAX_PAGES) throw unprocessable(`page must be less than or equal to ${MAX_PAGES}`);
  return number;
}

/** One page of at most 20 items in TMDb's frame. A page beyond the last is empty. */
export function pageOf<Item>(items: readonly Item[], page: number) {
  return {
    page,
    results: items.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
    total_pages: Math.ceil(items.length / PAGE_SIZE),
    total_results: items.length,
  };
}
