import { openSession, type Session } from '@marquee/postgres/session';
import type { Reader, ReadOptions } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import { createGate } from '../gate.ts';
import { startingOffset } from '../starting-offset.ts';
import { type Signs, supervise } from '../supervise.ts';
import { type EventLogDatabase, toReaderError } from './database.ts';
import { RECORDS_CHANNEL } from './publisher.ts';
import { readBatch } from './reader.ts';
import type { Topic, Topics } from './topics.ts';
import { untilDone } from './until-done.ts';

interface TopicReaderOptions {
  database: EventLogDatabase;
  topics: Topics;
  topic: Topic;
  read: ReadOptions;
  metrics: EventLogMetrics;
  pollMs: number;
}

/**
 * Starts a reader of all partitions of a topic, until it is closed or has crashed too often. When its session is lost, it continues with
 * a new one.
 */
export function startTopicReader(options: TopicReaderOptions): Reader {
  const { database, topics, topic, read, metrics, pollMs } = options;
  const { name, position, handle, maxBatchRecords = 500 } = read;
  const { logger } = database;
  const closing = new AbortController();
  const wake = createGate();
  /** The next offset of each partition while the topic is read. */
  let positions: ReadonlyMap<number, bigint> | undefined;

  async function run(signs: Signs): Promise<void> {
    const session = await openSession({
      url: database.url,
      applicationName: 'marquee-event-log-reader',
      channels: [RECORDS_CHANNEL],
      onNotification: (_channel, payload) => payload === topic.name && wake.open(),
    });
    try {
      await readAll(session, signs);
    } finally {
      positions = undefined;
      await session.close();
      for (let partition = 0; partition < topic.partitions; partition++) metrics.released(name, topic.name, partition);
    }
  }

  async function readAll(session: Session, signs: Signs): Promise<void> {
    const signal = AbortSignal.any([closing.signal, session.lost]);
    const next = new Map<number, bigint>();
    positions = next;
    for (const [partition, bounds] of await topics.bounds(topic.name)) {
      const where = { group: name, topic: topic.name, partition };
      next.set(partition, startingOffset(position(partition, bounds), bounds, where, logger));
    }
    while (!signal.aborted) {
      for (const [partition, end] of await endsOf(session)) await readPartition(signal, next, partition, end);
      signs.progressed();
      await wake.wait(signal, pollMs);
    }
  }

  /** Reads the ends of the partitions; notifications only trigger it earlier. */
  async function endsOf(session: Session): Promise<[number, bigint][]> {
    const rows = await session.query<{ partition: number; end: string }>(
      `select partition, next_offset::text as "end" from event_log.partitions where topic_id = $1 order by partition`,
      [topic.id],
    );
    return rows.map(({ partition, end }) => [partition, BigInt(end)]);
  }

  async function readPartition(
    signal: AbortSignal,
    next: Map<number, bigint>,
    partition: number,
    end: bigint,
  ): Promise<void> {
    const retrying = { signal, logger, where: { reader: name, topic: topic.name, partition } };
    for (let at = next.get(partition) ?? end; at < end && !signal.aborted; at = next.get(partition) ?? end) {
      const batch = await readBatch(database, topic, partition, at, maxBatchRecords);
      if (signal.aborted) return;
      const last = batch.records.at(-1);
      const after = last ? last.offset + 1n : batch.highWatermark;
      const isDone = await untilDone(retrying, 'a batch failed and comes again', async () => {
        handle({ ...batch, next: after });
        return true;
      });
      if (!isDone) return;
      next.set(partition, after);
      metrics.lag(name, topic.name, partition, batch.highWatermark - after);
    }
  }

  const ended = supervise({
    name: `the reader ${name} of topic "${topic.name}"`,
    logger,
    closing: closing.signal,
    run,
    toError: (reason) => toReaderError(reason, database),
  });
  return {
    ended,
    positions: () =>
      positions && [...positions].map(([partition, offset]) => ({ topic: topic.name, partition, next: offset })),
    close: async () => {
      closing.abort();
      await ended;
    },
  };
}
