import { RATINGS_CHANGES } from '@marquee/events/change-topics';
import { type ChangeToWrite, writeChanges } from '@marquee/inbox-outbox/write-changes';
import type { Queryable } from '@marquee/postgres/queryable';
import type { RatingsApplied } from '../application/apply-ratings.ts';
import { movieTag } from '../application/cache-tags.ts';

/** Cache tag of every response with this review. */
const reviewTag = (id: string) => `review-${id}`;

/** Cache tag of every list of movies by votes. */
const RATINGS_TAG = 'ratings';

/** Writes changes into the outbox, and returns the new versions by `entityKey`. A movie may occur once. */
export async function publishChanges(
  tx: Queryable,
  applied: readonly RatingsApplied[],
): Promise<ReadonlyMap<string, number>> {
  return writeChanges(tx, RATINGS_CHANGES, [...applied.flatMap(ratingChanges), ...reviewChanges(applied)]);
}

function ratingChanges({ votes }: RatingsApplied): ChangeToWrite<'ratings'>[] {
  const about = (id: string) => ({ entity: 'Rating', id, tags: [movieTag(id), RATINGS_TAG] }) as const;
  return [
    ...votes.counted.map(({ movieId, voteAverage, voteCount, weightedScore }) => ({
      ...about(movieId),
      facts: { votes: { voteAverage, voteCount, weightedScore } },
    })),
    ...votes.removed.map((movieId) => ({ ...about(movieId), deleted: true as const })),
  ];
}

/** Returns a change for each review: two movies may list one id, which is deleted when neither lists it any more. */
function reviewChanges(applied: readonly RatingsApplied[]): ChangeToWrite<'ratings'>[] {
  const changed = new Map<string, { readonly tags: Set<string>; deleted: boolean }>();
  for (const { reviews } of applied) {
    for (const [list, deleted] of [
      [reviews.removed, true],
      [reviews.written, false],
    ] as const) {
      for (const { id, movieId } of list) {
        const change = changed.get(id) ?? { tags: new Set([reviewTag(id)]), deleted };
        change.tags.add(movieTag(movieId));
        change.deleted &&= deleted;
        changed.set(id, change);
      }
    }
  }
  return [...changed].map(([id, { tags, deleted }]) => {
    const about = { entity: 'Review', id, tags: [...tags] } as const;
    return deleted ? { ...about, deleted } : { ...about, facts: { votes: null } };
  });
}
