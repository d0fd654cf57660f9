/** The votes of a movie, from events of the ratings subgraph. */
export interface MovieVotes {
  readonly movieId: string;
  /** 0 to 10; null without votes. */
  readonly voteAverage: number | null;
  readonly voteCount: number;
  /** The ratings subgraph's weighted score; null without votes. */
  readonly weightedScore: number | null;
}

/** Stores the votes by which movies are filtered and sorted. Each call is one statement. */
export interface MovieVotesStore {
  /** Saves the votes, and returns the movies whose votes changed. */
  save(votes: readonly MovieVotes[]): Promise<readonly string[]>;
  /** Removes the movies' votes, and returns the movies that had any. */
  remove(movieIds: readonly string[]): Promise<readonly string[]>;
}
