/** Removes persons without credits, within one transaction. */
export interface UncreditedPersons {
  /** Returns the other persons with credits in locked movies, shown or withheld. Call it before the credits are replaced. */
  creditedIn(movieIds: readonly string[], except: ReadonlySet<string>): Promise<readonly string[]>;
  /**
   * Removes and returns the persons without a credit, shown or withheld, except those whom, or a credit of whom, a client wrote or edited.
   * Call it after the credits are replaced.
   *
   * @throws a transient error when one of them has a new credit
   */
  remove(personIds: readonly string[]): Promise<readonly string[]>;
}
