import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { entityKey } from '@marquee/events/change-codec';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { runMutation } from '@marquee/subgraph/mutations/run-mutation';
import type { RatingsApplied } from '../application/apply-ratings.ts';
import { changeReviews, type ReviewsDone, releaseReview } from '../application/change-reviews.ts';
import type { Outcome, Viewer } from '../application/outcome.ts';
import { rateMovies } from '../application/rate-movies.ts';
import type { Call, Writing } from '../application/writing.ts';
import { isYoungId } from '../domain/young-id.ts';
import { announce } from './announce.ts';
import { reviewWriter } from './review-writer.ts';
import { userRatingWriter } from './user-rating-writer.ts';

const NO_VOTES: RatingsApplied['votes'] = { counted: [], removed: [] };
const NO_REVIEWS: RatingsApplied['reviews'] = { written: [], removed: [] };

/** How long a film that a client has just made may be on its way here, and how often to look. */
const ON_ITS_WAY = { youngMs: 10_000, waitMs: 2_000, everyMs: 100 };

/** Does what clients ask for, and tells of it, in one transaction for each mutation. */
export function postgresWriting(pool: Pool): Writing {
  /** A mutation, and what it changed into the outbox with it. */
  function run<Result, Done, Why>(
    call: Call,
    { subject }: Viewer,
    work: (tx: Queryable) => Promise<Outcome<Result, Why>>,
    tell: (tx: Queryable, result: Result) => Promise<Done>,
  ) {
    return whenFilmsAreThere(() =>
      runMutation<Done, Why>(pool, { ...call, subject }, async (tx) => {
        const outcome = await work(tx);
        return 'refused' in outcome ? outcome : { done: await tell(tx, outcome.done) };
      }),
    );
  }

  return {
    changeReviews: (call, viewer, changes) =>
      run(
        call,
        viewer,
        (tx) => changeReviews(reviewWriter(tx), viewer, changes, { now: new Date(), newId: () => randomUUIDv7() }),
        tellOfReviews,
      ),

    releaseReview: (call, viewer, review) =>
      run(
        call,
        viewer,
        (tx) => releaseReview(reviewWriter(tx), review),
        async (tx, result) => {
          const [done] = await tellOfReviews(tx, result);
          if (done === undefined) throw new Error('A release is of one review.');
          return done;
        },
      ),

    rateMovies: (call, viewer, ratings) =>
      run(
        call,
        viewer,
        (tx) => rateMovies(userRatingWriter(tx), viewer.subject, ratings, new Date()),
        async (tx, votes) => {
          await announce(tx, [{ votes, reviews: NO_REVIEWS }]);
          return ratings.map(({ movieId }) => movieId);
        },
      ),
  };
}

/** What was done, with the versions after it. */
async function tellOfReviews(tx: Queryable, { changed, done }: ReviewsDone) {
  const versions = await announce(tx, [{ votes: NO_VOTES, reviews: changed }]);
  return done.map((each) => ({ ...each, version: versions.get(entityKey('Review', each.id)) ?? each.version }));
}

/**
 * Whoever makes a film and rates it at once may be faster than movies' change topic: a film whose id is seconds old is looked for again,
 * with no connection held in between.
 */
async function whenFilmsAreThere<Done, Why>(attempt: () => Promise<Outcome<Done, Why>>): Promise<Outcome<Done, Why>> {
  const deadline = Date.now() + ON_ITS_WAY.waitMs;
  for (;;) {
    const outcome = await attempt();
    if ('done' in outcome || Date.now() >= deadline || !isOnItsWay(outcome.refused)) return outcome;
    await sleep(ON_ITS_WAY.everyMs);
  }
}

function isOnItsWay(why: unknown): boolean {
  const { kind, what, id } = why as { kind: string; what?: string; id?: string };
  return kind === 'notFound' && what === 'film' && isYoungId(id ?? '', new Date(), ON_ITS_WAY.youngMs);
}
