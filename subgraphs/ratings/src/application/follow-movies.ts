import { applyRatings, type RatingsApplied, type RatingsChanges, type RatingWriter } from './apply-ratings.ts';

/** A movie that exists, from an event of the movies subgraph. */
export interface MovieTold {
  readonly movieId: string;
  /** True when it is pornographic. */
  readonly adult: boolean;
}

/** What movies says of films. A film is in it once. */
export interface MovieChanges {
  /** Films that are there, whatever else happened to them. */
  readonly there: readonly MovieTold[];
  readonly deleted: readonly string[];
}

/** Keeps what is known of deleted films out of sight. */
export interface DeletedFilms {
  /** Which of these films movies has deleted. */
  among(movieIds: readonly string[]): Promise<readonly string[]>;
  /** The films are deleted from now on: takes away what is shown of them, and keeps it. */
  withdraw(movieIds: readonly string[]): Promise<RatingsApplied>;
  /** The films are there again: hands out what was kept of them, and keeps it no longer; `deleted` are those of which TMDb says nothing. */
  release(movieIds: readonly string[]): Promise<RatingsChanges>;
}

/** The films that movies has. */
export interface KnownFilms {
  /** Returns the ids of movies whose stored `adult` differs from the told one; a movie that is not stored is not pornographic. */
  turned(movies: readonly MovieTold[]): Promise<readonly string[]>;
  add(movies: readonly MovieTold[]): Promise<void>;
  remove(movieIds: readonly string[]): Promise<void>;
}

/**
 * Applies events of the movies subgraph: the movies that exist, since a client may rate any of them, and those that lists leave out. What
 * is stored of a deleted movie is shown again when the movie is back.
 */
export async function followMovies(
  writer: RatingWriter,
  films: DeletedFilms,
  known: KnownFilms,
  { there, deleted }: MovieChanges,
): Promise<RatingsApplied[]> {
  const back = await films.among(there.map(({ movieId }) => movieId));
  const returning = new Set(back);
  const turned = (await known.turned(there)).filter((movieId) => !returning.has(movieId));
  const applied: RatingsApplied[] = [];
  const held = [...deleted, ...back, ...turned];
  if (held.length > 0) await writer.holdFilms(held);
  if (there.length > 0) await known.add(there);
  if (turned.length > 0) {
    // The same votes are published again: charts that the movies enter or leave are stale.
    const votes = { counted: await writer.shownVotes(turned), removed: [] };
    applied.push({ votes, reviews: { written: [], removed: [] } });
  }
  if (deleted.length > 0) {
    await known.remove(deleted);
    applied.push(await films.withdraw(deleted));
  }
  if (back.length > 0) applied.push(await applyRatings(writer, await films.release(back)));
  return applied;
}
