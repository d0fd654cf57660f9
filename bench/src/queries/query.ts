/** A measured query. */
export interface BenchQuery {
  readonly name: string;
  /** As the gateway sends it to the subgraph. */
  readonly operation: Operation;
  /** The same fields from PostGraphile, as far as possible. */
  readonly postgraphile: Operation;
  /** True for a search, for which PostGraphile gets the subgraph's own statement. */
  readonly search?: boolean;
}

export interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Ids and words from the database. */
export interface Samples {
  /** Popular movies. */
  readonly movieIds: readonly string[];
  readonly personIds: readonly string[];
  readonly reviewedMovieIds: readonly string[];
  readonly reviewId: string;
  readonly author: string;
  /** Words of a movie's title. */
  readonly title: string;
  readonly name: string;
}

/** Returns a query plan's fetch of entities. */
export function entities(type: string, ids: readonly string[], selection: string): Operation {
  return {
    query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${type} { ${selection} } } }`,
    variables: { representations: ids.map((id) => ({ __typename: type, id })) },
  };
}
