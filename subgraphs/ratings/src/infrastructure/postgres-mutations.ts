import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { entityKey } from '@marquee/events/change-codec';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import type { MutationCall, Outcome } from '@marquee/subgraph/mutations/outcome';
import { runMutation } from '@marquee/subgraph/mutations/run-mutation';
import type { RatingsApplied } from '../application/apply-ratings.ts';
import { changeReviews, type ReviewsDone, releaseReview } from '../application/change-reviews.ts';
import type { Mutations } from '../application/mutations.ts';
import { rateMovies } from '../application/rate-movies.ts';
import { isYoungId } from '../domain/young-id.ts';
import { announce } from './announce.ts';
import { reviewWriter } from './review-writer.ts';
import { userRatingWriter } from './user-rating-writer.ts';

const NO_VOTES: RatingsApplied['votes'] = { counted: [], removed: [] };
const NO_REVIEWS: RatingsApplied['reviews'] = { written: [], removed: [] };

/** How long a film that a client has just made may be on its way here, and how often to look. */
const ON_ITS_WAY = { youngMs: 10_000, waitMs: 2_000, everyMs: 100 };

/** Executes mutations, each in a transaction that also writes its changes into the outbox. */
export function postgresMutations(pool: Pool): Mutations {
  function run<Result, Done, Why>(
    call: MutationCall,
    work: (tx: Queryable) => Promise<Outcome<Result, Why>>,
    publish: (tx: Queryable, result: Result) => Promise<Done>,
  ) {
    return whenFilmsAreThere(() =>
      runMutation<Done, Why>(pool, call, async (tx) => {
        const outcome = await work(tx);
        return 'refused' in outcome ? outcome : { done: await publish(tx, outcome.done) };
      }),
    );
  }

  return {
    changeReviews: (call, viewer, changes) =>
      run(
        call,
        (tx) => changeReviews(reviewWriter(tx), viewer, changes, { now: new Date(), newId: () => randomUUIDv7() }),
        publishReviews,
      ),

    releaseReview: (call, review) => run(call, (tx) => releaseReview(reviewWriter(tx), review), publishReviews),

    rateMovies: (call, ratings) =>
      run(
        call,
        (tx) => rateMovies(userRatingWriter(tx), call.subject, ratings, new Date()),
        async (tx, votes) => {
          await announce(tx, [{ votes, reviews: NO_REVIEWS }]);
          return ratings.map(({ movieId }) => movieId);
        },
      ),
  };
}

/** Writes the changes into the outbox, and returns the reviews with the versions after them. */
async function publishReviews(tx: Queryable, { changed, done }: ReviewsDone) {
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
