import { randomUUIDv7 } from 'node:crypto';
import { entityKey } from '@marquee/events/change-codec';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { awaitArrival } from '@marquee/subgraph/mutations/await-arrival';
import type { KeyReused, MutationCall, Outcome, Written } from '@marquee/subgraph/mutations/outcome';
import { runMutation } from '@marquee/subgraph/mutations/run-mutation';
import type { RatingsApplied } from '../application/apply-ratings.ts';
import { changeReviews, type ReviewRefusal, type ReviewsDone, releaseReview } from '../application/change-reviews.ts';
import type { Mutations } from '../application/mutations.ts';
import { type RatingRefusal, rateMovies } from '../application/rate-movies.ts';
import { postgresReviewWriter } from './postgres-review-writer.ts';
import { postgresUserRatingWriter } from './postgres-user-rating-writer.ts';
import { publishChanges } from './publish-changes.ts';

const NO_VOTES: RatingsApplied['votes'] = { counted: [], removed: [] };
const NO_REVIEWS: RatingsApplied['reviews'] = { written: [], removed: [] };

/** Returns the id of the movie for whose absence a mutation was refused. */
function missingMovie(refused: ReviewRefusal | RatingRefusal | KeyReused): string | undefined {
  return refused.kind === 'notFound' && refused.what === 'movie' ? refused.id : undefined;
}

/** Executes mutations, each in a transaction that also writes its changes into the outbox. */
export function postgresMutations(pool: Pool): Mutations {
  function run<Result, Done, Why extends ReviewRefusal | RatingRefusal>(
    call: MutationCall,
    work: (tx: Queryable) => Promise<Outcome<Result, Why>>,
    publish: (tx: Queryable, result: Result) => Promise<Done>,
  ) {
    const execute = () =>
      runMutation<Done, Why>(pool, call, async (tx) => {
        const outcome = await work(tx);
        return 'refused' in outcome ? outcome : { done: await publish(tx, outcome.done) };
      });
    return awaitArrival(execute, missingMovie);
  }

  return {
    changeReviews: (call, viewer, changes) =>
      run(
        call,
        (tx) =>
          changeReviews(postgresReviewWriter(tx), viewer, changes, { now: new Date(), newId: () => randomUUIDv7() }),
        publishReviews,
      ),

    releaseReview: (call, review) =>
      run(
        call,
        (tx) => releaseReview(postgresReviewWriter(tx), review),
        async (tx, released) => {
          const [written] = await publishReviews(tx, released);
          return written as Written;
        },
      ),

    rateMovies: (call, ratings) =>
      run(
        call,
        (tx) => rateMovies(postgresUserRatingWriter(tx), call.subject, ratings, new Date()),
        async (tx, votes) => {
          await publishChanges(tx, [{ votes, reviews: NO_REVIEWS }]);
          return ratings.map(({ movieId }) => movieId);
        },
      ),
  };
}

/** Writes the changes into the outbox, and returns the reviews with the versions after them. */
async function publishReviews(tx: Queryable, { changed, done }: ReviewsDone) {
  const versions = await publishChanges(tx, [{ votes: NO_VOTES, reviews: changed }]);
  return done.map((each) => ({ ...each, version: versions.get(entityKey('Review', each.id)) ?? each.version }));
}
