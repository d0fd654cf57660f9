/** One of the queries that are measured. */
export interface BenchQuery {
  readonly name: string;
  /** As the gateway sends it to the subgraph. */
  readonly operation: Operation;
  /** The same fields from PostGraphile, as nearly as it can. */
  readonly postgraphile: Operation;
  /** Whether it searches: PostGraphile is given the subgraph's own statement for that. */
  readonly search?: boolean;
}

export interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Ids and words that are in the database, whatever its size. */
export interface Samples {
  /** Films that many look at. */
  readonly movieIds: readonly string[];
  readonly personIds: readonly string[];
  readonly reviewedMovieIds: readonly string[];
  readonly reviewId: string;
  readonly author: string;
  /** Of a film's title, or a name. */
  readonly title: string;
  readonly name: string;
}

/** A fetch of entities, as query plans have it. */
export function entities(type: string, ids: readonly string[], selection: string): Operation {
  return {
    query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${type} { ${selection} } } }`,
    variables: { representations: ids.map((id) => ({ __typename: type, id })) },
  };
}
