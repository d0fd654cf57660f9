import type { TmdbCredits, TmdbMovie, TmdbReview } from './tmdb.ts';

/** TMDb's responses about a movie. */
export interface MovieResponses {
  readonly details: TmdbMovie;
  readonly credits: TmdbCredits;
  readonly reviews: readonly TmdbReview[];
}

/** Declares a part of a movie: the responses that it needs, and the function that makes its payload of them. */
export function moviePart<Name extends keyof MovieResponses, Payload>(
  needs: readonly Name[],
  toPayload: (responses: Pick<MovieResponses, Name>, movieId: number) => Payload,
) {
  return { needs, toPayload };
}
