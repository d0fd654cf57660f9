/** A page of an ordered list, found by the sort keys of a row next to it rather than by counting rows. */
export interface KeysetPage {
  /** Maximum number of rows to read. */
  readonly limit: number;
  /** True to read against the order of the list; rows are then in reverse order. */
  readonly backward: boolean;
  /** The sort keys of the row after which to read; null: from the list's start, or its end when backward. */
  readonly cursor: readonly (string | number)[] | null;
}
