import type { MovieRatings } from '@marquee/events/generated/movie-ratings';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { applyRatings } from '../application/apply-ratings.ts';
import { postgresRatingWriter } from './postgres-rating-writer.ts';
import { publishChanges } from './publish-changes.ts';

/** Applies a batch of movie ratings within the inbox's transaction. */
export const handleMovieRatings: TopicHandler<MovieRatings> = async (tx, { observed, deleted }) => {
  const applied = await applyRatings(postgresRatingWriter(tx), {
    observed: observed.map(({ subject, observedAt, data }) => ({ movieId: subject, observedAt, data })),
    deleted: deleted.map(({ subject }) => ({ movieId: subject })),
  });
  await publishChanges(tx, [applied]);
};
