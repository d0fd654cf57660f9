/** Persons whose last credit goes, through one transaction. */
export interface UncreditedPersons {
  /** Returns the other persons with credits in locked movies, shown or withheld. To be called before the credits are replaced. */
  creditedIn(movieIds: readonly string[], except: ReadonlySet<string>): Promise<readonly string[]>;
  /**
   * Removes those of the persons who have no credit any more, shown or withheld, and whom no client wrote or edited, nor any credit of
   * theirs. Returns those. To be called when the credits are replaced.
   *
   * @throws an error that is transient when one of them has got a credit meanwhile
   */
  remove(personIds: readonly string[]): Promise<readonly string[]>;
}
