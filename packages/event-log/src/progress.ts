import { MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import type { Registry } from '@marquee/runtime/metrics';
import { sleep, within } from './back-off.ts';
import type { EventLog, Reader } from './event-log.ts';
import { stalledPartitions } from './event-log-metrics.ts';

/**
 * Time without progress after which a partition is stalled: with the interval of the looks, within 30 s of the record that is stuck. More
 * than a transaction takes on a slow database.
 */
export const STALLED_AFTER_MS = 20_000;

export interface ProgressOptions {
  /** Names the consumer in metrics and messages. */
  readonly group: string;
  readonly topics: readonly string[];
  readonly reader: Pick<Reader, 'positions'>;
  readonly eventLog: Pick<EventLog, 'endOffsets'>;
  /** Returns the applied offset of partitions by `topic/partition`, where batches are applied in parts. */
  readonly applied?: () => Promise<ReadonlyMap<string, bigint>>;
  /** Time without progress after which a partition with further records is stalled. */
  readonly stalledAfterMs: number;
  readonly metrics: Registry;
  readonly logger: Logger;
}

/** The progress of a consumer in its partitions. */
export interface ProgressWatch {
  /** Rejects with `STALLED` and the partitions that do not advance. */
  check(): Promise<void>;
  close(): Promise<void>;
}

interface Progress {
  readonly topic: string;
  readonly partition: number;
  next: bigint | undefined;
  end: bigint;
  /** The time of the last look at which it had advanced or had no further record. */
  since: number;
}

/**
 * Watches whether a consumer advances: a partition is stalled when it has records beyond the applied offset, and this has not moved for the
 * given time. So is a consumer without a membership. Ends are those of the event log, since a consumer that is stuck cannot report them.
 */
export function watchProgress(options: ProgressOptions): ProgressWatch {
  const { group, topics, reader, eventLog, stalledAfterMs, logger } = options;
  const pollMs = stalledAfterMs / 5;
  const closing = new AbortController();
  const stalledOf = stalledPartitions(options.metrics);
  const partitions = new Map<string, Progress>();
  let absentSince: number | undefined;
  let applied: ReadonlyMap<string, bigint> = new Map();
  let stalls: ReadonlyMap<string, string> = new Map();

  async function look(): Promise<void> {
    const held = reader.positions();
    if (held === undefined) {
      partitions.clear();
      absentSince ??= Date.now();
      return report(Date.now());
    }
    absentSince = undefined;
    applied = (await inTime(options.applied?.())) ?? applied;
    const now = Date.now();
    const idle = new Set<string>();
    const keys = new Set<string>();
    for (const { topic, partition, next: handled } of held) {
      const key = `${topic}/${partition}`;
      keys.add(key);
      const next = greater(handled, applied.get(key));
      const before = partitions.get(key);
      if (before !== undefined && before.next === next) idle.add(topic);
      else partitions.set(key, { topic, partition, next, end: before?.end ?? 0n, since: now });
    }
    for (const key of partitions.keys()) if (!keys.has(key)) partitions.delete(key);
    for (const topic of idle) await lookAtEnds(topic);
    report(now);
  }

  async function lookAtEnds(topic: string): Promise<void> {
    const ends = await inTime(eventLog.endOffsets(topic));
    const now = Date.now();
    for (const progress of partitions.values()) {
      if (progress.topic !== topic) continue;
      progress.end = ends?.get(progress.partition) ?? progress.end;
      if (progress.next !== undefined && progress.next >= progress.end) progress.since = now;
    }
  }

  /** Returns undefined instead of waiting for an unavailable dependency, whose own check fails. */
  async function inTime<T>(work: Promise<T> | undefined): Promise<T | undefined> {
    if (work === undefined) return undefined;
    try {
      return await within(pollMs, work, () => new Error(`no answer in ${pollMs} ms`));
    } catch (error) {
      logger.debug({ group, reason: messageOf(error) }, 'the progress cannot be determined');
      return undefined;
    }
  }

  function report(now: number): void {
    const stalled = [...partitions.values()].filter(
      ({ next, end, since }) => now - since >= stalledAfterMs && (next === undefined || next < end),
    );
    const isAbsent = absentSince !== undefined && now - absentSince >= stalledAfterMs;
    const previous = stalls;
    stalls = new Map(
      isAbsent
        ? [['', `no partition has been read since ${new Date(absentSince as number).toISOString()}`]]
        : stalled.map((progress) => [`${progress.topic}/${progress.partition}`, described(progress)]),
    );
    for (const topic of topics) {
      stalledOf.set({ group, topic }, isAbsent ? 1 : stalled.filter((it) => it.topic === topic).length);
    }
    const added = [...stalls].filter(([key]) => !previous.has(key)).map(([, stall]) => stall);
    if (added.length > 0) logger.error({ group, stalls: added }, 'the consumer does not advance');
    else if (previous.size > 0 && stalls.size === 0) logger.info({ group }, 'the consumer advances again');
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await look();
      await sleep(pollMs, closing.signal);
    }
  }

  const running = run();
  return {
    async check() {
      if (stalls.size > 0) throw new MarqueeError('STALLED', [...stalls.values()].join('; '), { retryable: true });
    },
    close: () => {
      closing.abort();
      for (const topic of topics) stalledOf.remove({ group, topic });
      return running;
    },
  };
}

function described({ topic, partition, next, end, since }: Progress): string {
  const position = next === undefined ? 'an unknown offset' : `offset ${next} of ${end}`;
  return `${topic}/${partition} has been at ${position} since ${new Date(since).toISOString()}`;
}

function greater(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
