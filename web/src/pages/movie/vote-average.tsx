import type { VotesFragment } from '../../generated/graphql.ts';
import { formatNumber, formatScore } from '../../text/format.ts';

const CIRCUMFERENCE = 2 * Math.PI * 26;

/** The vote average as a ring, and the number of votes. Screen readers announce a change. */
export function VoteAverage({ rating }: { readonly rating: VotesFragment | null }) {
  const average = rating?.voteAverage ?? null;
  if (rating === null || average === null) return <p className="votes">No votes yet</p>;
  return (
    <div className="votes" role="status" data-testid="votes">
      <svg viewBox="0 0 60 60" aria-hidden="true" focusable="false">
        <circle cx="30" cy="30" r="26" className="votes-track" />
        <circle
          cx="30"
          cy="30"
          r="26"
          className="votes-value"
          strokeDasharray={`${(average / 10) * CIRCUMFERENCE} ${CIRCUMFERENCE}`}
          transform="rotate(-90 30 30)"
        />
      </svg>
      <strong>{formatScore(average)}</strong>
      <span className="votes-count">
        <span className="visually-hidden">of 10 by </span>
        {formatNumber(rating.voteCount)} votes
        {rating.userVoteCount > 0 && <small>{formatNumber(rating.userVoteCount)} given here</small>}
      </span>
    </div>
  );
}
