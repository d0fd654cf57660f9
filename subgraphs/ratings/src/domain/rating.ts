/** The votes of a movie. */
export interface Votes {
  /** Mean of the votes, 0 to 10; null without votes. */
  readonly voteAverage: number | null;
  readonly voteCount: number;
}

/** The votes of a movie at a moment. */
export interface CountedVotes extends Votes {
  readonly countedAt: Date;
}

/** The votes of a movie, TMDb's and the users' together, and their weighted score. */
export interface Rating extends Votes {
  /** See `docs/decisions/0003-weighted-score.md`; null without votes. */
  readonly weightedScore: number | null;
}

/** A movie's rating, with the users' part. */
export interface RatingInParts extends Rating {
  readonly userVoteCount: number;
  /** Mean of the users' votes, 0.5 to 10; null without any. */
  readonly userVoteAverage: number | null;
}

/** A user's rating of a movie. */
export interface UserRating {
  readonly movieId: string;
  /** See {@link isRatingValue}. */
  readonly value: number;
  /** Time of the rating. */
  readonly ratedAt: Date;
}

/** Returns true for a valid rating: 0.5 to 10, in steps of 0.5. */
export function isRatingValue(value: number): boolean {
  return value >= 0.5 && value <= 10 && Number.isInteger(value * 2);
}

/** Returns the votes, without a mean when there are none. */
export function votesOf({ voteAverage, voteCount }: Votes): Votes {
  return { voteAverage: voteCount === 0 ? null : voteAverage, voteCount };
}
