import type { MovieResponses } from '../domain/movie-part.ts';
import type { TmdbMovie, TmdbReviewPage } from '../domain/tmdb.ts';
import { allReviews } from './all-reviews.ts';
import type { TmdbApi, TmdbResponse, WholeMovie } from './tmdb-api.ts';

/** Pending responses about a movie. Both request strategies return the same bodies. */
export type MovieRequests = { readonly [Name in keyof MovieResponses]: Promise<TmdbResponse<MovieResponses[Name]>> };

/** Requests details, credits and reviews in parallel: the shortest time for one movie. */
export function requestSeparately(tmdb: TmdbApi, id: number): MovieRequests {
  return { details: tmdb.movie(id), credits: tmdb.credits(id), reviews: allReviews(tmdb, id) };
}

/**
 * Takes credits and reviews from the response of the details, to which TMDb appends them: one request for most movies. Requests what is
 * missing or unusable there separately, and further pages of reviews.
 */
export function takeAppended(tmdb: TmdbApi, id: number, whole: WholeMovie): MovieRequests {
  const { requestedAt, omissions, credits, reviews } = whole;
  const details: TmdbResponse<TmdbMovie> = { requestedAt, body: whole.details, omissions };
  const firstPage: TmdbResponse<TmdbReviewPage> | undefined = reviews && { requestedAt, ...reviews };
  return {
    details: Promise.resolve(details),
    credits: credits ? Promise.resolve({ requestedAt, ...credits }) : tmdb.credits(id),
    reviews: allReviews(tmdb, id, firstPage),
  };
}
