import type { MovieRatings } from '@marquee/events/generated/movie-ratings';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { applyRatings } from '../application/apply-ratings.ts';
import { announce } from './announce.ts';
import { ratingWriter } from './rating-writer.ts';

/** Applies a batch of ratings events within the inbox's transaction. */
export const handleRatings: TopicHandler<MovieRatings> = async (tx, changes) => {
  await announce(tx, [await applyRatings(ratingWriter(tx), changes)]);
};
