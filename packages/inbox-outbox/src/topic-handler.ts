import type { EventData, EventPart, MovieTopic } from '@marquee/events/topics';
import type { Queryable } from '@marquee/postgres/queryable';

/** New observations of a topic: at most one for each movie, in the order of the log. */
export interface Changes<Data> {
  readonly observed: readonly { readonly movieId: string; readonly observedAt: Date; readonly data: Data }[];
  readonly deleted: readonly { readonly movieId: string; readonly observedAt: Date }[];
}

/**
 * Writes the effects of what is new, in the transaction that also moves the offset; nothing else may have effects here.
 * An error rolls everything back. It is tried again, or the record at fault is put aside: `isRecordFault` decides.
 */
export type TopicHandler<Data> = (tx: Queryable, changes: Changes<Data>) => Promise<void>;

/** Handlers by name of topic. */
export type TopicHandlers = {
  readonly [Part in EventPart as MovieTopic<Part>['name']]?: TopicHandler<EventData[Part]>;
};
