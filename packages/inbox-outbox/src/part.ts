import type { LogRecord } from '@marquee/event-log/event-log';
import type { Fault } from './dead-letter.ts';

/** A record with its event, with the fault for which it has none, or ignored. */
export type Entry =
  | { readonly record: LogRecord; readonly event: unknown }
  | { readonly record: LogRecord; readonly fault: Fault }
  | { readonly record: LogRecord; readonly isIgnored: true };

/** Successive records of one partition, which are applied by one transaction. */
export interface Part {
  readonly partition: number;
  /** At least one, in the order of the log. */
  readonly entries: readonly Entry[];
  /** Estimate of the rows that its effects write. */
  readonly rows: number;
  /** Offsets of the records of its batch whose dead letters have been published. */
  readonly published: Set<bigint>;
}
