export type OrderDirection = 'ASC' | 'DESC';
export type MovieOrderField = keyof typeof VALUES;

/** Order of movies; movies with equal values are sorted by id, in the same direction. Unknown values come last. */
export interface MovieOrder {
  readonly field: MovieOrderField;
  readonly direction: OrderDirection;
}

/** A total order of movies: a name for its cursors, and the kinds of their keys (the sort value and the id). */
export interface MovieOrdering {
  readonly name: string;
  readonly keys: readonly ['number' | 'integer' | 'bigint' | 'date' | 'text', 'text'];
}

const VALUES = {
  POPULARITY: 'number',
  RELEASE_DATE: 'date',
  TITLE: 'text',
  REVENUE: 'bigint',
  BUDGET: 'bigint',
  RUNTIME: 'integer',
  VOTE_COUNT: 'integer',
  VOTE_AVERAGE: 'number',
  WEIGHTED_SCORE: 'number',
} as const;

export function orderingOf({ field, direction }: MovieOrder): MovieOrdering {
  return { name: `MOVIES_${field}_${direction}`, keys: [VALUES[field], 'text'] };
}

/** Returns the order by name of the entities that movies share. */
export function nameOrderingOf(kind: string): { readonly name: string; readonly keys: readonly ['text', 'integer'] } {
  return { name: `${kind.toUpperCase()}_BY_NAME`, keys: ['text', 'integer'] };
}

/** Order of search results: best first. */
export const SEARCH_ORDERING: MovieOrdering = { name: 'MOVIE_SEARCH', keys: ['number', 'text'] };
