/**
 * Days after which a vote counts half as much for a movie's trend. The database's `heat_after` counts in them too
 * (`docs/decisions/0010-trending.md`).
 */
const HALF_LIFE_DAYS = 7;

const MS_PER_DAY = 86_400_000;

/** The heat of a movie that has gained one vote at this moment: half-lives since 1970. */
export function heatOfOneVote(at: Date): number {
  return at.getTime() / MS_PER_DAY / HALF_LIFE_DAYS;
}

/** How many votes a heat is worth at this moment: each vote counts half after a half-life, a quarter after two, and so on. */
export function recentVotes(heat: number, at: Date): number {
  return 2 ** (heat - heatOfOneVote(at));
}
