import type { LogRecord } from '@marquee/event-log/event-log';
import type { Queryable } from '@marquee/postgres/queryable';
import type { Fault } from './dead-letter.ts';

/**
 * The comparison of an event with the stored state. `changed`: newer and different. `unchanged`: newer, with the same content.
 * `stale`: not newer, so nothing was written.
 */
export type Verdict = 'changed' | 'unchanged' | 'stale';

/** A topic's decoding of records, guard against older ones, and handler. */
export interface TopicConsumer<Event = unknown> {
  /** Priority of its batches for a connection: the greatest first. */
  readonly priority: number;
  /** Decodes a record, or returns its fault or that it is ignored. */
  read(record: LogRecord): { readonly event: Event } | { readonly fault: Fault } | 'ignored';
  keyOf(event: Event): string;
  /** Estimates the rows that the event's effects write. */
  rowsOf(event: Event): number;
  /** Returns true when an event is newer than the next one of its key in the log. */
  isNewer(event: Event, next: Event): boolean;
  /** Stores newer versions, and returns the verdict on each key. The keys differ. */
  guard(tx: Queryable, events: readonly Event[]): Promise<ReadonlyMap<string, Verdict>>;
  /** Writes the effects of new events: at most one of each key, in the order of the log. */
  apply(tx: Queryable, events: readonly Event[]): Promise<void>;
}
