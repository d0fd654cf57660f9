import type { Credit, KnownCredit } from '../domain/credit.ts';
import type { CreditOverride, CreditRef } from '../domain/credit-overrides.ts';

/** A film whose credits are others than they were. */
export interface ChangedCredits {
  readonly movieId: string;
  /** Persons with a credit that is new or other than it was. */
  readonly personIds: readonly string[];
}

/** Films that the transaction holds. */
export interface HeldFilms {
  /** Those that movies has deleted. */
  readonly gone: ReadonlySet<string>;
  readonly overrides: readonly CreditOverride[];
}

/** What a new credit needs to know of its film. */
export interface FilmState {
  /** Whether movies tells of the film, or it has credits; and movies has not deleted it. */
  readonly isKnown: boolean;
  /** The last place of its cast and of its crew; null: nobody. */
  readonly lastPlace: { readonly cast: number | null; readonly crew: number | null };
}

/** Writes credits, whatever their number in the same few statements. See `PersonWriter` for the order of locks. */
export interface CreditWriter {
  /** Until the transaction ends no other changes the credits of these films, or deletes the films. */
  holdFilms(movieIds: readonly string[]): Promise<HeldFilms>;
  /** Makes these the credits of those films, and the only ones. The persons must be there. */
  replaceCredits(movieIds: readonly string[], credits: readonly Credit[]): Promise<readonly ChangedCredits[]>;
  /** Adds or updates credits, and removes others. The persons must be there, the films held. */
  writeCredits(written: readonly Credit[], removed: readonly CreditRef[]): Promise<readonly ChangedCredits[]>;
  /** Remembers these, and those no more. */
  saveOverrides(kept: readonly CreditOverride[], dropped: readonly CreditRef[]): Promise<void>;
  /** Keeps what TMDb says of deleted films until they are there again: of each of those films these, and no others. */
  withholdCredits(movieIds: readonly string[], credits: readonly Credit[]): Promise<void>;
}

/** Reads and writes what clients' mutations of credits need beyond that. */
export interface CreditEditor extends CreditWriter {
  filmStates(movieIds: readonly string[]): Promise<ReadonlyMap<string, FilmState>>;
  /** The credits that are there, by `creditRefKey`. */
  findCredits(refs: readonly CreditRef[]): Promise<ReadonlyMap<string, KnownCredit>>;
  /** The films in which these persons have credits, shown or not; not held, so there may be others by now. */
  filmsOf(personIds: readonly string[]): Promise<readonly string[]>;
  /** The same of a person whom a client deleted; none for one who is there. */
  filmsOfDeleted(personId: string): Promise<readonly string[]>;
  /**
   * Takes away all credits of held persons: those that a client made for good, those of TMDb's until the person is there again.
   *
   * @param films what `filmsOf` said, held
   * @throws an error that is transient when the persons have got credits in other films meanwhile
   */
  hideCreditsOf(personIds: readonly string[], films: readonly string[]): Promise<readonly ChangedCredits[]>;
  /**
   * What clients did to the credits of a held person who is not there.
   *
   * @throws as {@link hideCreditsOf} does
   */
  overridesOf(personId: string, films: readonly string[]): Promise<readonly CreditOverride[]>;
}
