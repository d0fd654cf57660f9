import { addOmissions } from '../domain/omissions.ts';
import type { TmdbReview } from '../domain/tmdb.ts';
import type { Answer, TmdbApi } from './tmdb-api.ts';

/** TMDb serves no page beyond this one; a count beyond it would only make requests that fail. */
const MAX_PAGES = 500;

/** Every review of a film: the first page says how many there are, the others are requested at once. Dated by the first request. */
export async function allReviews(tmdb: TmdbApi, id: number): Promise<Answer<readonly TmdbReview[]>> {
  const { askedAt, body, omissions } = await tmdb.reviews(id, 1);
  if (!body) return { askedAt, body, omissions };
  const last = Math.min(body.total_pages ?? 1, MAX_PAGES);
  const further = Array.from({ length: Math.max(0, last - 1) }, (_, index) => index + 2);
  const pages = await Promise.all(
    further.map(async (page) => {
      const answer = await tmdb.reviews(id, page);
      if (!answer.body) {
        throw new PartNotFound(`page ${page} of the film's reviews is not there (404), although TMDb counts ${last}`);
      }
      return { reviews: answer.body.results, omissions: answer.omissions };
    }),
  );
  return {
    askedAt,
    body: [...body.results, ...pages.flatMap(({ reviews }) => reviews)],
    omissions: pages.reduce((sum, page) => addOmissions(sum, page.omissions), omissions),
  };
}

/** TMDb answers 404 to a part of a film although it knows the film, or the other way round. */
export class PartNotFound extends Error {
  readonly code = 'TMDB_NOT_FOUND';
}
