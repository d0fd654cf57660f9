import type { Credit, StoredCredit } from '../domain/credit.ts';
import type { CreditOverride, CreditRef } from '../domain/credit-overrides.ts';

/** A movie whose credits changed. */
export interface ChangedCredits {
  readonly movieId: string;
  /** Persons with a credit that is new or changed. */
  readonly personIds: readonly string[];
}

/** Movies that the transaction has locked. */
export interface LockedMovies {
  /** Movies that the movies subgraph has deleted. */
  readonly gone: ReadonlySet<string>;
  readonly overrides: readonly CreditOverride[];
}

/** The state of a movie that new credits need. */
export interface MovieState {
  /** True when the movies subgraph has the movie, or when it has credits and the movies subgraph has not deleted it. */
  readonly isKnown: boolean;
  /** The last place of its cast and of its crew; null when there is none. */
  readonly lastPlace: { readonly cast: number | null; readonly crew: number | null };
}

/** Writes credits, in a number of statements that does not depend on theirs. See `PersonWriter` for the order of locks. */
export interface CreditWriter {
  /** Locks the movies until the transaction ends: no other transaction changes their credits, or deletes them. */
  lockMovies(movieIds: readonly string[]): Promise<LockedMovies>;
  /** Replaces the credits of those movies. The persons must exist. */
  replaceCredits(movieIds: readonly string[], credits: readonly Credit[]): Promise<readonly ChangedCredits[]>;
  /** Adds or updates credits, and removes others. The persons must exist, the movies be locked. */
  writeCredits(written: readonly Credit[], removed: readonly CreditRef[]): Promise<readonly ChangedCredits[]>;
  /** Saves and deletes overrides. */
  saveOverrides(kept: readonly CreditOverride[], dropped: readonly CreditRef[]): Promise<void>;
  /** Replaces TMDb's withheld credits of deleted movies. */
  withholdCredits(movieIds: readonly string[], credits: readonly Credit[]): Promise<void>;
}

/** Reads and writes credits for mutations of clients. */
export interface CreditEditor extends CreditWriter {
  movieStates(movieIds: readonly string[]): Promise<ReadonlyMap<string, MovieState>>;
  /** Returns the credits that exist, by `creditRefKey`. */
  findCredits(refs: readonly CreditRef[]): Promise<ReadonlyMap<string, StoredCredit>>;
  /** Returns the movies in which these persons have credits, shown or not, without locking them. */
  moviesOf(personIds: readonly string[]): Promise<readonly string[]>;
  /** Returns the same for a person whom a client deleted; none for one who exists. */
  moviesOfDeleted(personId: string): Promise<readonly string[]>;
  /**
   * Removes all credits of locked persons: clients' credits for good, TMDb's until the person is back.
   *
   * @param movies the result of `moviesOf`, locked
   * @throws a transient error when the persons have new credits in other movies
   */
  hideCreditsOf(personIds: readonly string[], movies: readonly string[]): Promise<readonly ChangedCredits[]>;
  /**
   * Returns the overrides of the credits of a locked person who is deleted.
   *
   * @throws as {@link hideCreditsOf} does
   */
  overridesOf(personId: string, movies: readonly string[]): Promise<readonly CreditOverride[]>;
}
