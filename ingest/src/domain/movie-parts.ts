import { toMovieCredits } from './movie-credits.ts';
import { toMovieDetails } from './movie-details.ts';
import { toMovieRatings } from './movie-ratings.ts';
import type { TmdbCredits, TmdbMovie, TmdbReview } from './tmdb.ts';

/** TMDb's answers about a movie. */
export interface MovieAnswers {
  readonly details: TmdbMovie;
  readonly credits: TmdbCredits;
  readonly reviews: readonly TmdbReview[];
}

type AnswerName = keyof MovieAnswers;

/** A part: the answers that it is made of, and the function that makes its payload of them. */
function part<Name extends AnswerName, Payload>(
  needs: readonly Name[],
  toPayload: (answers: Pick<MovieAnswers, Name>, movieId: number) => Payload,
) {
  return { needs, toPayload };
}

/** The parts of a movie. Each is published to a topic of its own: `details` to `marquee.movie-details.v1`. */
export const MOVIE_PARTS = {
  details: part(['details'], ({ details }) => toMovieDetails(details)),
  credits: part(['credits'], ({ credits }, movieId) => toMovieCredits(movieId, credits)),
  ratings: part(['details', 'reviews'], ({ details, reviews }) => toMovieRatings(details, reviews)),
};

export type MoviePart = keyof typeof MOVIE_PARTS;

export const PART_NAMES = Object.keys(MOVIE_PARTS) as readonly MoviePart[];

/** The payload of each part. */
export type MoviePayloads = { readonly [Part in MoviePart]: ReturnType<(typeof MOVIE_PARTS)[Part]['toPayload']> };
