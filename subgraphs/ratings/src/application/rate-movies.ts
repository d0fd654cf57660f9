import type { NotFound, Outcome } from '@marquee/subgraph/mutations/outcome';
import type { VotesChanged } from './apply-ratings.ts';

/** What a user gives a film from now on; null: nothing any more. */
export interface RatingSet {
  readonly movieId: string;
  readonly value: number | null;
}

/** Refusal of a rating; with `rating`, the user does not rate the movie. */
export interface RatingRefusal extends NotFound {
  readonly what: 'film' | 'rating';
}

/** Writes what a user gives films, whatever their number in the same few statements. */
export interface UserRatingWriter {
  /** Which of these films movies has deleted. Until the transaction ends no other changes the votes of any of them. */
  holdFilms(movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Which of these films are known: movies has them, or there are votes or reviews of them. */
  knownFilms(movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Which of these films the user rates. */
  ratedFilms(subject: string, movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Makes these the user's ratings, and counts them among the films' votes. */
  setRatings(subject: string, ratings: readonly RatingSet[], now: Date): Promise<VotesChanged>;
}

/** A film that a client rates or reviews has to be known, and not deleted. The films stay held, so that it stays so. */
export async function unknownFilms(
  films: Pick<UserRatingWriter, 'holdFilms' | 'knownFilms'>,
  movieIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const deleted = await films.holdFilms(movieIds);
  const known = await films.knownFilms(movieIds);
  return new Set(movieIds.filter((movieId) => deleted.has(movieId) || !known.has(movieId)));
}

/** Sets what a user gives films, all or none. A film may be in `ratings` once. What the user gave a film already changes nothing. */
export async function rateMovies(
  writer: UserRatingWriter,
  subject: string,
  ratings: readonly RatingSet[],
  now: Date,
): Promise<Outcome<VotesChanged, RatingRefusal>> {
  const movieIds = ratings.map(({ movieId }) => movieId);
  const unknown = await unknownFilms(writer, movieIds);
  const rated = await writer.ratedFilms(subject, movieIds);
  for (const [index, { movieId, value }] of ratings.entries()) {
    if (unknown.has(movieId)) return { refused: { kind: 'notFound', index, what: 'film', id: movieId } };
    if (value === null && !rated.has(movieId)) {
      return { refused: { kind: 'notFound', index, what: 'rating', id: movieId } };
    }
  }
  return { done: await writer.setRatings(subject, ratings, now) };
}
