import { type DeletedEvent, decodeEvent, type ObservedEvent } from '@marquee/events/codec';
import { contentHash } from './content-hash.ts';
import { guardObservations } from './observation-guard.ts';
import type { TopicConsumer } from './topic-consumer.ts';
import type { TopicHandler } from './topic-handler.ts';

interface Observed {
  readonly event: ObservedEvent | DeletedEvent;
  /** Null for a deletion. */
  readonly hash: Buffer | null;
}

/** Creates a consumer of observations: the latest one of an entity wins, and equal content has no effect. */
export function observationConsumer(topic: string, handler: TopicHandler<never>): TopicConsumer<Observed> {
  return {
    read(record) {
      const decoded = decodeEvent(record);
      if (!decoded.ok) return { fault: { code: decoded.code, reason: decoded.reason } };
      const { event } = decoded;
      return { event: { event, hash: event.kind === 'observed' ? contentHash(event.data) : null } };
    },
    priority: 0,
    keyOf: ({ event }) => event.subject,
    rowsOf: ({ event }) => (event.kind === 'observed' ? 1 + itemsOf(event.data) : 1),
    isNewer: ({ event }, next) => event.observedAt > next.event.observedAt,
    guard: (tx, observed) =>
      guardObservations(
        tx,
        topic,
        observed.map(({ event, hash }) => ({ key: event.subject, observedAt: event.observedAt, contentHash: hash })),
      ),
    apply: (tx, observed) =>
      handler(tx, {
        // The topic determines the data of its events; `startInbox` pairs it with the handler of that data.
        observed: observed.map(({ event }) => event).filter(({ kind }) => kind === 'observed') as never,
        deleted: observed.map(({ event }) => event).filter(({ kind }) => kind === 'deleted'),
      }),
  };
}

/** Counts the items in the lists of an event's data, such as credits: each becomes a row. */
function itemsOf(data: object): number {
  return Object.values(data).reduce((sum: number, value) => sum + (Array.isArray(value) ? value.length : 0), 0);
}
