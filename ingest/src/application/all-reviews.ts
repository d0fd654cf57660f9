import { addOmissions } from '../domain/omissions.ts';
import type { TmdbReview, TmdbReviewPage } from '../domain/tmdb.ts';
import type { TmdbApi, TmdbResponse } from './tmdb-api.ts';

/** TMDb's last page of any list; requests beyond it fail. */
const MAX_PAGES = 500;

/** Requests the first page of a movie's reviews, unless it is given, and then all other pages at once. `requestedAt` is that of the first page. */
export async function allReviews(
  tmdb: TmdbApi,
  id: number,
  firstPage?: TmdbResponse<TmdbReviewPage>,
): Promise<TmdbResponse<readonly TmdbReview[]>> {
  const { requestedAt, body, omissions } = firstPage ?? (await tmdb.reviews(id, 1));
  if (!body) return { requestedAt, body, omissions };
  const last = Math.min(body.total_pages ?? 1, MAX_PAGES);
  const further = Array.from({ length: Math.max(0, last - 1) }, (_, index) => index + 2);
  const pages = await Promise.all(
    further.map(async (page) => {
      const response = await tmdb.reviews(id, page);
      if (!response.body) {
        throw new PartNotFound(`page ${page} of the movie's reviews returned 404, although TMDb counts ${last} pages`);
      }
      return { reviews: response.body.results, omissions: response.omissions };
    }),
  );
  return {
    requestedAt,
    body: [...body.results, ...pages.flatMap(({ reviews }) => reviews)],
    omissions: pages.reduce((sum, page) => addOmissions(sum, page.omissions), omissions),
  };
}

/** A 404 of TMDb for a part of a movie whose other parts it has, or the reverse. */
export class PartNotFound extends Error {
  readonly code = 'TMDB_NOT_FOUND';
}
