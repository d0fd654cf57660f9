import type { NotFound, Outcome } from '@marquee/subgraph/mutations/outcome';
import type { VotesChanged } from './apply-ratings.ts';

/** A user's new rating of a movie; null removes it. */
export interface RatingSet {
  readonly movieId: string;
  readonly value: number | null;
}

/** Refusal of a rating; with `rating`, the user does not rate the movie. */
export interface RatingRefusal extends NotFound {
  readonly what: 'movie' | 'rating';
}

/** Writes a user's ratings, in a number of statements that does not depend on theirs. */
export interface UserRatingWriter {
  /** Locks the votes of these movies until the transaction ends, and returns those of the movies that the movies subgraph has deleted. */
  lockMovies(movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the movies that the movies subgraph has, or that have votes or reviews. */
  existingMovies(movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the movies that the user rates. */
  ratedMovies(subject: string, movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Saves the user's ratings, and counts them among the movies' votes. */
  setRatings(subject: string, ratings: readonly RatingSet[], now: Date): Promise<VotesChanged>;
}

/** Returns the movies that a client cannot rate or review, since they are missing or deleted. The movies stay locked. */
export async function missingMovies(
  movies: Pick<UserRatingWriter, 'lockMovies' | 'existingMovies'>,
  movieIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const deleted = await movies.lockMovies(movieIds);
  const existing = await movies.existingMovies(movieIds);
  return new Set(movieIds.filter((movieId) => deleted.has(movieId) || !existing.has(movieId)));
}

/** Sets a user's ratings, all or none. A movie may occur once. An equal rating changes nothing. */
export async function rateMovies(
  writer: UserRatingWriter,
  subject: string,
  ratings: readonly RatingSet[],
  now: Date,
): Promise<Outcome<VotesChanged, RatingRefusal>> {
  const movieIds = ratings.map(({ movieId }) => movieId);
  const unknown = await missingMovies(writer, movieIds);
  const rated = await writer.ratedMovies(subject, movieIds);
  for (const [index, { movieId, value }] of ratings.entries()) {
    if (unknown.has(movieId)) return { refused: { kind: 'notFound', index, what: 'movie', id: movieId } };
    if (value === null && !rated.has(movieId)) {
      return { refused: { kind: 'notFound', index, what: 'rating', id: movieId } };
    }
  }
  return { done: await writer.setRatings(subject, ratings, now) };
}
