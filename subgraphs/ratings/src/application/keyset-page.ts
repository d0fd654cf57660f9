/** A page of an ordered list, found by the sort keys of a row next to it rather than by counting rows. */
export interface KeysetPage {
  /** Most rows to read. */
  readonly limit: number;
  /** Whether to read against the list's order; rows then come in that opposite order. */
  readonly backward: boolean;
  /** The sort keys of the row beyond which to read; null: from the list's start, or its end when backward. */
  readonly cursor: readonly (string | number)[] | null;
}
