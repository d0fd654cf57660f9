/** The votes of a film, as they were counted. */
export interface Votes {
  /** Mean of the votes, 0 to 10; null without votes. */
  readonly voteAverage: number | null;
  readonly voteCount: number;
}

/** The votes of a film at a moment. */
export interface CountedVotes extends Votes {
  readonly countedAt: Date;
}

/** The votes of a film, and what they are worth beside those of others. */
export interface Rating extends Votes {
  /** `docs/decisions/0003-weighted-score.md` says how it is made; null without votes. */
  readonly weightedScore: number | null;
}

/** No votes have no mean, whatever was said of it. */
export function votesOf({ voteAverage, voteCount }: Votes): Votes {
  return { voteAverage: voteCount === 0 ? null : voteAverage, voteCount };
}
