import { invalidPage, unprocessable } from './tmdb-failure.ts';

const PAGE_SIZE = 20;
const MAX_PAGES = 500;

/** Returns the requested page, by default the first. @throws TmdbFailure 400, code 22 */
export function requestedPage(page: unknown): number {
  const number = page === undefined ? 1 : Number(page);
  if (!Number.isInteger(number) || number < 1 || number > MAX_PAGES) throw invalidPage();
  return number;
}

/** Returns the requested page of a search, for which TMDb has another error. @throws TmdbFailure 422 */
export function requestedSearchPage(page: unknown): number {
  const number = page === undefined ? 1 : Number(page);
  if (!Number.isInteger(number) || number < 1) throw unprocessable('page must be greater than 0');
  if (number > MAX_PAGES) throw unprocessable(`page must be less than or equal to ${MAX_PAGES}`);
  return number;
}

/** Returns a page in TMDb's format. A page after the last is empty. */
export function pageOf<Item>(items: readonly Item[], page: number, size = PAGE_SIZE) {
  return {
    page,
    results: items.slice((page - 1) * size, page * size),
    total_pages: Math.ceil(items.length / size),
    total_results: items.length,
  };
}
