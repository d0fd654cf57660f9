import type { EntityChange } from '@marquee/events/change-codec';
import { type NamesFacts, readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { type ChangePayload, changePayload } from '@marquee/subgraph/subscriptions/change-payload';
import { channelOf, channelsOfIds } from '@marquee/subgraph/subscriptions/channels';
import type { Context } from './context.ts';
import { movieSelectionOf } from './movie-selection.ts';

const from = readingWhole<ChangePayload, Context>();

export const Subscription = {
  movieChanged: {
    subscribe: (_: unknown, { ids }: { ids: readonly string[] }) => channelsOfIds('movieChanged', 'ids', ids),
    resolve: changePayload,
  },
};

/** Returns the channels of a change. Stored votes are no part of a movie for clients: ratings has theirs. */
export function channelsOf({ entity, entityId }: EntityChange): readonly string[] {
  return entity === 'Movie' ? [channelOf('movieChanged', entityId)] : [];
}

export const MovieEvent = {
  movieId: from(({ id }) => id),
  movie: from(({ id, kind }, _, { loaders }, info) =>
    kind === 'DELETED' ? null : loaders.movie.load(id, movieSelectionOf(info)),
  ),
} satisfies Record<string, NamesFacts>;
