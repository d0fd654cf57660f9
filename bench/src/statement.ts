/** A statement sent to Postgres. */
export interface Statement {
  /** The name of a prepared statement; absent for one planned for its values. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Concurrent statements; later ones waited for them. */
export type Wave = readonly Statement[];
