import type { TmdbReview } from '../domain/tmdb.ts';
import type { Answer, TmdbApi } from './tmdb-api.ts';

/** Every review of a film: the first page says how many there are, the others are asked for at once. Asked when the first one was. */
export async function allReviews(tmdb: TmdbApi, id: number): Promise<Answer<readonly TmdbReview[]>> {
  const first = await tmdb.reviews(id, 1);
  if (!first.body) return { askedAt: first.askedAt, body: undefined };
  const further = Array.from({ length: Math.max(0, first.body.total_pages - 1) }, (_, index) => index + 2);
  const pages = await Promise.all(
    further.map(async (page) => {
      const { body } = await tmdb.reviews(id, page);
      if (!body)
        throw new PartNotFound(
          `page ${page} of the film's reviews is not there (404), although TMDb counts ${first.body?.total_pages}`,
        );
      return body.results;
    }),
  );
  return { askedAt: first.askedAt, body: [...first.body.results, ...pages.flat()] };
}

/** TMDb answers 404 to a part of a film although it knows the film. */
export class PartNotFound extends Error {
  readonly code = 'TMDB_NOT_FOUND';
}
