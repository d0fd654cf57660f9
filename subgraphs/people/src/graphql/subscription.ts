import type { EntityChange } from '@marquee/events/change-codec';
import { type NamesFacts, readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { type ChangePayload, changePayload } from '@marquee/subgraph/subscriptions/change-payload';
import { channelOf, channelsOfIds } from '@marquee/subgraph/subscriptions/channels';
import type { Context } from './context.ts';

const from = readingWhole<ChangePayload, Context>();

export const Subscription = {
  personChanged: {
    subscribe: (_: unknown, { ids }: { ids: readonly string[] }) => channelsOfIds('personChanged', 'ids', ids),
    resolve: changePayload,
  },
};

/** Returns the channels of a change. The credits of a movie are no part of the persons in them. */
export function channelsOf({ entity, entityId }: EntityChange): readonly string[] {
  return entity === 'Person' ? [channelOf('personChanged', entityId)] : [];
}

export const PersonEvent = {
  personId: from(({ id }) => id),
  person: from(({ id, kind }, _, { loaders }) => (kind === 'DELETED' ? null : loaders.person.load(id))),
} satisfies Record<string, NamesFacts>;
