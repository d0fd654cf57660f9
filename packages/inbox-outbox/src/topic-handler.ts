import type { EventData, EventPart, ObservationTopic } from '@marquee/events/topics';
import type { Queryable } from '@marquee/postgres/queryable';

/** New observations of a topic: at most one for each entity, in the order of the log. */
export interface Changes<Data> {
  readonly observed: readonly { readonly subject: string; readonly observedAt: Date; readonly data: Data }[];
  readonly deleted: readonly { readonly subject: string; readonly observedAt: Date }[];
}

/**
 * Writes the effects of new observations in the transaction that commits the offset; it must have no other effects. An error rolls
 * the transaction back. `isRecordFault` decides whether it is retried or the record becomes a dead letter.
 */
export type TopicHandler<Data> = (tx: Queryable, changes: Changes<Data>) => Promise<void>;

/** Handlers by name of topic. */
export type TopicHandlers = {
  readonly [Part in EventPart as ObservationTopic<Part>['name']]?: TopicHandler<EventData[Part]>;
};
