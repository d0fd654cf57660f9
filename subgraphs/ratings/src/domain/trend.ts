/**
 * Half-life of a vote in a movie's trend, in days. The database's `heat_after` uses it too
 * (`docs/decisions/0010-trending.md`).
 */
const HALF_LIFE_DAYS = 7;

const MS_PER_DAY = 86_400_000;

/** Returns the heat of a movie with one vote at this time: half-lives since 1970. */
export function heatOfOneVote(at: Date): number {
  return at.getTime() / MS_PER_DAY / HALF_LIFE_DAYS;
}

/** Returns the number of votes that a heat is worth at this time: a vote counts half after a half-life, a quarter after two, and so on. */
export function recentVotes(heat: number, at: Date): number {
  return 2 ** (heat - heatOfOneVote(at));
}
