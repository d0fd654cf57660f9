import type { Credit } from '../domain/credit.ts';
import { reconcile } from '../domain/credit-overrides.ts';
import type { ChangedCredits, CreditWriter } from './credit-writer.ts';
import type { PersonWriter } from './person-writer.ts';

/** A movie that exists, from an event of the movies subgraph. */
export interface ExistingMovie {
  readonly movieId: string;
  /** `YYYY-MM-DD`; null when unknown. */
  readonly releaseDate: string | null;
  /** True when it is pornographic. */
  readonly adult: boolean;
}

/** Changes of the movies subgraph. A movie occurs once. */
export interface MovieChanges {
  /** Movies that exist after their change. */
  readonly existing: readonly ExistingMovie[];
  readonly deleted: readonly string[];
}

/** Stores the movies of the movies subgraph. */
export interface FollowedMovies {
  /** Returns the ids of movies that differ from the stored ones. */
  changed(existing: readonly ExistingMovie[]): Promise<readonly string[]>;
  /** Returns the movies that differ from the stored ones, each with the persons whose lists contain a changed credit. */
  save(existing: readonly ExistingMovie[], deleted: readonly string[]): Promise<readonly ChangedCredits[]>;
}

/** Withholds the credits of deleted movies. */
export interface DeletedMovies {
  /** Returns those of the movies that the movies subgraph has deleted. */
  among(movieIds: readonly string[]): Promise<readonly string[]>;
  /** Withholds the credits of movies that are deleted, and returns the movies that had any. */
  withdraw(movieIds: readonly string[]): Promise<readonly string[]>;
  /** Deletes and returns the withheld credits of movies that are back. */
  release(movieIds: readonly string[]): Promise<readonly Credit[]>;
}

/** Stores of one transaction that applies changes of movies. */
export interface MoviesFollower {
  readonly persons: PersonWriter;
  readonly credits: CreditWriter;
  readonly followed: FollowedMovies;
  readonly movies: DeletedMovies;
}

/**
 * Applies events of the movies subgraph. The credits of a deleted movie are shown again when the movie is back, with the edits of clients.
 */
export async function followMovies(
  { persons, credits, followed, movies }: MoviesFollower,
  { existing, deleted }: MovieChanges,
): Promise<readonly ChangedCredits[]> {
  const back = await movies.among(existing.map(({ movieId }) => movieId));
  const changed = await followed.changed(existing);
  // One call, so that transactions do not deadlock. A transaction that writes credits locks the movie and reads its stored date.
  const { overrides } = await credits.lockMovies([...new Set([...deleted, ...back, ...changed])]);
  const dated = await followed.save(existing, deleted);
  if (deleted.length + back.length === 0) return dated;
  const emptied = deleted.length > 0 ? await movies.withdraw(deleted) : [];
  const gone = emptied.map((movieId) => ({ movieId, personIds: [] }));
  if (back.length === 0) return [...dated, ...gone];
  const observed = await movies.release(back);
  const states = await persons.lockPersons([...new Set(observed.map(({ personId }) => personId))]);
  const missing = new Set([...states].filter(([, { person }]) => person === null).map(([id]) => id));
  const { shown, kept, dropped } = reconcile(
    observed,
    overrides.filter(({ movieId }) => back.includes(movieId)),
    missing,
  );
  const restored = await credits.replaceCredits(back, shown);
  await credits.saveOverrides(kept, dropped);
  return [...dated, ...gone, ...restored];
}
