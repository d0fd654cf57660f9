import type { EntityChange } from '@marquee/events/change-codec';
import { type NamesFacts, readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { type ChangePayload, changePayload } from '@marquee/subgraph/subscriptions/change-payload';
import { channelOf, channelsOfIds } from '@marquee/subgraph/subscriptions/channels';
import { taggedMovies } from '../application/cache-tags.ts';
import type { Context } from './context.ts';

const from = readingWhole<ChangePayload, Context>();

export const Subscription = {
  ratingChanged: {
    subscribe: (_: unknown, { movieIds }: { movieIds: readonly string[] }) =>
      channelsOfIds('ratingChanged', 'movieIds', movieIds),
    resolve: changePayload,
  },
  reviewAdded: {
    subscribe: (_: unknown, { movieId }: { movieId: string }) => [channelOf('reviewAdded', movieId)],
    resolve: changePayload,
  },
};

/** Returns the channels of a change. A review that is shown again after it was hidden is created in its topic, too. */
export function channelsOf({ entity, entityId, change, tags }: EntityChange): readonly string[] {
  if (entity === 'Rating') return [channelOf('ratingChanged', entityId)];
  if (entity !== 'Review' || change !== 'created') return [];
  return taggedMovies(tags).map((movieId) => channelOf('reviewAdded', movieId));
}

export const RatingEvent = {
  movieId: from(({ id }) => id),
  rating: from(({ id, kind }, _, { loaders }) => (kind === 'DELETED' ? null : loaders.rating.load(id))),
  movie: from(({ id }) => ({ id })),
} satisfies Record<string, NamesFacts>;

export const ReviewEvent = {
  reviewId: from(({ id }) => id),
  review: from(({ id, kind }, _, { loaders }) => (kind === 'DELETED' ? null : loaders.review.load(id))),
} satisfies Record<string, NamesFacts>;
