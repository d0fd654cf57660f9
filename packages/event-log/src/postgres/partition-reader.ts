import type { Session } from '@marquee/postgres/session';
import type { PartitionPosition, SubscribeOptions } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import { createGate } from '../gate.ts';
import { startingOffset } from '../starting-offset.ts';
import type { EventLogDatabase } from './database.ts';
import { readBatch } from './reader.ts';
import type { Topic } from './topics.ts';
import { untilDone } from './until-done.ts';

/** A reader of one partition of this member, batch after batch, until it is released. */
export interface PartitionReader {
  readonly position: PartitionPosition;
  /** Reports the current end of the partition. */
  onEnd(end: bigint): void;
  pause(): void;
  resume(): void;
  /** Resolves when the running handler has ended. Never rejects. */
  stop(): Promise<void>;
}

interface PartitionReaderOptions {
  database: EventLogDatabase;
  session: Session;
  topic: Topic;
  partition: number;
  isPaused: boolean;
  subscribe: SubscribeOptions;
  metrics: EventLogMetrics;
  /** Called after each handled batch. */
  onProgress: () => void;
}

export function startPartitionReader(options: PartitionReaderOptions): PartitionReader {
  const { database, session, topic, partition, subscribe, metrics } = options;
  const { group, handle, maxBatchRecords = 500 } = subscribe;
  const { logger } = database;
  const where = { group, topic: topic.name, partition };
  const stopping = new AbortController();
  // When the session is lost, another member may have the partition: the running handler is fenced by its own transaction, and
  // this reader stops.
  const signal = AbortSignal.any([stopping.signal, session.lost]);
  const retrying = { signal, logger, where };
  const news = createGate();
  let { isPaused } = options;
  let end = 0n;
  let next: bigint | undefined;

  async function run(): Promise<void> {
    next = await untilDone(retrying, 'cannot determine the position in a partition', () => startingPoint());
    while (next !== undefined && !signal.aborted) {
      if (isPaused || end <= next) {
        await news.wait(signal);
        continue;
      }
      const from = next;
      const batch = await untilDone(retrying, 'cannot read a partition', () =>
        readBatch(database, topic, partition, from, maxBatchRecords),
      );
      if (!batch || isPaused) continue;
      const last = batch.records.at(-1);
      if (last) {
        metrics.lag(group, topic.name, partition, batch.highWatermark - from);
        const isDone = await untilDone(retrying, 'a batch failed and comes again', () => timed(() => handle(batch)));
        if (!isDone) return;
        options.onProgress();
      }
      next = last ? last.offset + 1n : batch.highWatermark;
      metrics.lag(group, topic.name, partition, batch.highWatermark - next);
      if (last) await commit(next);
    }
  }

  async function timed(work: () => Promise<void>): Promise<true> {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1_000;
    try {
      await work();
    } catch (error) {
      metrics.handled(group, topic.name, 'failed', seconds());
      throw error;
    }
    metrics.handled(group, topic.name, 'done', seconds());
    return true;
  }

  async function startingPoint(): Promise<bigint> {
    const { rows } = await database.pool.query<{ end: string; committed: string | null }>(
      `select p.next_offset::text as "end", g.next_offset::text as committed
       from event_log.partitions p
       left join event_log.group_offsets g on g.topic_id = p.topic_id and g.partition = p.partition and g.group_name = $3
       where p.topic_id = $1 and p.partition = $2`,
      [topic.id, partition, group],
    );
    const wanted = await subscribe.position?.(topic.name, partition);
    if (wanted === undefined) return BigInt(rows[0]?.committed ?? 0);
    end = BigInt(rows[0]?.end ?? 0);
    return startingOffset(wanted, { first: 0n, end }, where, logger);
  }

  /** Commits through the session that holds the partition: once that is lost, no other member's offset is overwritten. */
  async function commit(next: bigint): Promise<void> {
    try {
      await session.query(
        `insert into event_log.group_offsets (group_name, topic_id, partition, next_offset) values ($1, $2, $3, $4)
         on conflict (group_name, topic_id, partition) do update set next_offset = excluded.next_offset`,
        [group, topic.id, partition, next.toString()],
      );
    } catch (error) {
      logger.debug({ err: error, ...where }, "the group's offset was not committed");
    }
  }

  const ended = run();
  return {
    get position() {
      return { topic: topic.name, partition, next };
    },
    onEnd(to) {
      if (to > end) end = to;
      news.open();
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      news.open();
    },
    stop: async () => {
      stopping.abort();
      await ended;
      metrics.released(group, topic.name, partition);
    },
  };
}
