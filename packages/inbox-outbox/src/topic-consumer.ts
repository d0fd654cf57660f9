import type { LogRecord } from '@marquee/event-log/event-log';
import type { Queryable } from '@marquee/postgres/queryable';
import type { Fault } from './dead-letter.ts';

/**
 * `changed`: newer than what stood, and different. `unchanged`: newer, with the same content. `stale`: not newer than what
 * stands, so nothing was written.
 */
export type Verdict = 'changed' | 'unchanged' | 'stale';

/** How the records of one topic are read, guarded against older ones, and applied. */
export interface TopicConsumer<Event = unknown> {
  /** Rank of its batches among those that wait for a connection: the greatest goes first. */
  readonly priority: number;
  /** An event, why there is none, or that it is of no concern here. */
  read(record: LogRecord): { readonly event: Event } | { readonly fault: Fault } | 'ignored';
  keyOf(event: Event): string;
  /** About how many rows the event's effects are. */
  rowsOf(event: Event): number;
  /** Returns true when `known` is newer than `event`, which follows it in the log. */
  isNewer(known: Event, event: Event): boolean;
  /** Writes down the versions that are newer than what stands, and says of each key what it is. The keys differ. */
  guard(tx: Queryable, events: readonly Event[]): Promise<ReadonlyMap<string, Verdict>>;
  /** The effects of what is new: at most one event of a key, in the order of the log. */
  apply(tx: Queryable, events: readonly Event[]): Promise<void>;
}
