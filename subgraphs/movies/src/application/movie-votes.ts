/** The votes of a film, as ratings tells of them. */
export interface MovieVotes {
  readonly movieId: string;
  /** 0 to 10; null without votes. */
  readonly voteAverage: number | null;
  readonly voteCount: number;
  /** Ratings' own weighting of average and count; null without votes. */
  readonly weightedScore: number | null;
}

/** Where the votes are kept that films are filtered and sorted by. Whatever the number of films, each call is one statement. */
export interface MovieVotesStore {
  /** Each film's votes are these afterwards. Returns the films whose votes were others. */
  save(votes: readonly MovieVotes[]): Promise<readonly string[]>;
  /** The films have no votes afterwards. Returns those that had. */
  remove(movieIds: readonly string[]): Promise<readonly string[]>;
}
