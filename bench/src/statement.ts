/** A statement as it was sent to Postgres. */
export interface Statement {
  /** Absent: it was planned for its values. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Statements that were under way together; what comes after waited for them. */
export type Wave = readonly Statement[];
