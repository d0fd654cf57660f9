import type { EntityChange } from '@marquee/events/change-codec';
import type { Positions } from './event-id.ts';

/** The part of a change that subscriptions use: resolvers read the entity itself. */
export type Change = Pick<EntityChange, 'eventId' | 'entityId' | 'change' | 'occurredAt'>;

/** A change to which some channels belong, at its place in the topic. */
export interface HistoryEntry {
  readonly partition: number;
  readonly offset: bigint;
  readonly channels: readonly string[];
  readonly change: Change;
}

export interface HistoryLimits {
  /** Records of the topic in which a client may resume, shared evenly by the partitions. */
  readonly records: number;
  /** Approximate bytes of memory, shared evenly by the partitions. */
  readonly bytes: number;
}

/** Bytes of an entry besides its texts: objects, a bigint, a date and its place in lists, measured with 100,000 entries. */
const ENTRY_BYTES = 400;

interface Partition {
  /** The offset of the next record. */
  position: bigint;
  /** The lowest offset from which nothing is missing. */
  floor: bigint;
  entries: HistoryEntry[];
  bytes: number;
  /** The event ids of `entries`. */
  readonly eventIds: Set<string>;
}

/**
 * The recent changes of a topic. It covers the last records of each partition by offset, so every process that has read as far holds the
 * same window, and one that starts reads it back from the topic.
 */
export class ChangeHistory {
  readonly #partitions: Partition[];
  readonly #maxRecords: bigint;
  readonly #maxBytes: number;

  /** @param ends the end of each partition by its number: the history begins as far before it as a client may resume */
  constructor(ends: Positions, limits: HistoryLimits) {
    this.#maxRecords = BigInt(Math.max(1, Math.floor(limits.records / ends.length)));
    this.#maxBytes = limits.bytes / ends.length;
    this.#partitions = ends.map((end) => {
      const start = end > this.#maxRecords ? end - this.#maxRecords : 0n;
      return { position: start, floor: start, entries: [], bytes: 0, eventIds: new Set() };
    });
  }

  get positions(): bigint[] {
    return this.#partitions.map(({ position }) => position);
  }

  /** Returns the offset of the next record of a partition. */
  position(partition: number): bigint {
    return this.#state(partition).position;
  }

  /** Returns true when nothing after these positions is missing. */
  covers(positions: Positions): boolean {
    return this.#partitions.every(({ floor }, partition) => (positions[partition] ?? 0n) >= floor);
  }

  /**
   * Moves a partition to the offset after a record, and keeps the record's entry. One with the event id of an earlier entry is skipped:
   * the outbox relay publishes a change at least once.
   *
   * @param entry undefined for a record without channels
   * @returns the entry, unless it is skipped
   */
  advance(partition: number, next: bigint, entry?: HistoryEntry): HistoryEntry | undefined {
    const state = this.#state(partition);
    state.position = next;
    const kept = entry !== undefined && !state.eventIds.has(entry.change.eventId) ? entry : undefined;
    if (kept !== undefined) {
      state.entries.push(kept);
      state.bytes += sizeOf(kept);
      state.eventIds.add(kept.change.eventId);
    }
    this.#trim(state);
    return kept;
  }

  /** Records that the records below `floor` are incomplete, such as those that the log has compacted. */
  miss(partition: number, floor: bigint): void {
    const state = this.#state(partition);
    state.floor = floor;
    if (state.position < floor) state.position = floor;
    this.#drop(state);
  }

  /** Starts a partition over whose topic was created again or lost records. */
  restart(partition: number, end: bigint): void {
    const state = this.#state(partition);
    Object.assign(state, { position: end, floor: end, entries: [], bytes: 0 });
    state.eventIds.clear();
  }

  /** Returns the entries from these positions on: those of one partition in order, and all by the time of their changes. */
  *after(positions: Positions): Generator<HistoryEntry> {
    const rest = this.#partitions.map(({ entries }, partition) =>
      entries.slice(lowerBound(entries, positions[partition] ?? 0n)).toReversed(),
    );
    for (;;) {
      let earliest: HistoryEntry[] | undefined;
      for (const entries of rest) {
        const [head, first] = [entries.at(-1), earliest?.at(-1)];
        if (head !== undefined && (first === undefined || head.change.occurredAt < first.change.occurredAt))
          earliest = entries;
      }
      const entry = earliest?.pop();
      if (entry === undefined) return;
      yield entry;
    }
  }

  #state(partition: number): Partition {
    const state = this.#partitions[partition];
    if (state === undefined) throw new RangeError(`The topic has no partition ${partition}.`);
    return state;
  }

  #trim(state: Partition): void {
    const start = state.position - this.#maxRecords;
    if (start > state.floor) state.floor = start;
    for (let bytes = state.bytes, index = 0; bytes > this.#maxBytes; index++) {
      const entry = state.entries[index] as HistoryEntry;
      bytes -= sizeOf(entry);
      if (entry.offset >= state.floor) state.floor = entry.offset + 1n;
    }
    this.#drop(state);
  }

  #drop(state: Partition): void {
    const count = lowerBound(state.entries, state.floor);
    if (count === 0) return;
    for (const entry of state.entries.splice(0, count)) {
      state.bytes -= sizeOf(entry);
      state.eventIds.delete(entry.change.eventId);
    }
  }
}

function sizeOf({ channels, change }: HistoryEntry): number {
  return ENTRY_BYTES + 2 * channels.reduce((sum, channel) => sum + channel.length, change.entityId.length);
}

/** Returns the index of the first entry at an offset or after it. */
function lowerBound(entries: readonly HistoryEntry[], offset: bigint): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle] as HistoryEntry).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
