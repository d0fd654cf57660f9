import { applyRatings, type RatingsApplied, type RatingsChanges, type RatingWriter } from './apply-ratings.ts';

/** A movie that exists, from an event of the movies subgraph. */
export interface ExistingMovie {
  readonly movieId: string;
  /** True when it is pornographic. */
  readonly adult: boolean;
}

/** Changes of the movies subgraph. A movie occurs once. */
export interface MovieChanges {
  /** Movies that exist after their change. */
  readonly existing: readonly ExistingMovie[];
  readonly deleted: readonly string[];
}

/** Withholds the votes and reviews of deleted movies. */
export interface DeletedMovies {
  /** Returns those of the movies that the movies subgraph has deleted. */
  among(movieIds: readonly string[]): Promise<readonly string[]>;
  /** Withholds the votes and reviews of movies that are deleted. */
  withdraw(movieIds: readonly string[]): Promise<RatingsApplied>;
  /** Deletes and returns the withheld observations of movies that are back; `deleted` are movies that TMDb does not have. */
  release(movieIds: readonly string[]): Promise<RatingsChanges>;
}

/** Stores the movies of the movies subgraph. */
export interface FollowedMovies {
  /** Returns the ids of movies whose stored `adult` differs; a movie that is not stored is not pornographic. */
  changed(movies: readonly ExistingMovie[]): Promise<readonly string[]>;
  add(movies: readonly ExistingMovie[]): Promise<void>;
  remove(movieIds: readonly string[]): Promise<void>;
}

/**
 * Applies events of the movies subgraph: a client may rate any movie that exists, and lists leave out pornographic ones. Votes and reviews
 * of a deleted movie are shown again when the movie is back.
 */
export async function followMovies(
  writer: RatingWriter,
  movies: DeletedMovies,
  followed: FollowedMovies,
  { existing, deleted }: MovieChanges,
): Promise<RatingsApplied[]> {
  const back = await movies.among(existing.map(({ movieId }) => movieId));
  const returning = new Set(back);
  const changed = (await followed.changed(existing)).filter((movieId) => !returning.has(movieId));
  const applied: RatingsApplied[] = [];
  const locked = [...deleted, ...back, ...changed];
  if (locked.length > 0) await writer.lockMovies(locked);
  if (existing.length > 0) await followed.add(existing);
  if (changed.length > 0) {
    // The same votes are published again: charts that the movies enter or leave are stale.
    const votes = { counted: await writer.shownVotes(changed), removed: [] };
    applied.push({ votes, reviews: { written: [], removed: [] } });
  }
  if (deleted.length > 0) {
    await followed.remove(deleted);
    applied.push(await movies.withdraw(deleted));
  }
  if (back.length > 0) applied.push(await applyRatings(writer, await movies.release(back)));
  return applied;
}
