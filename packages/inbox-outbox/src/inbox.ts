import type { EventLog, RecordBatch } from '@marquee/event-log/event-log';
import { STALLED_AFTER_MS, watchProgress } from '@marquee/event-log/progress';
import { CHANGE_TOPICS } from '@marquee/events/change-topics';
import { deadLetterTopic } from '@marquee/events/topic';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { checkDatabase, type Pool } from '@marquee/postgres/pool';
import { MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import type { Tracing } from '@marquee/runtime/tracing';
import PQueue from 'p-queue';
import { batchApplier } from './batch-applier.ts';
import { type AnyFollowing, changeConsumer, type Followings } from './change-consumer.ts';
import { createInboxMetrics } from './inbox-metrics.ts';
import { observationConsumer } from './observation-consumer.ts';
import { appliedOffsets, nextOffset, rewindPartition } from './partition-offset.ts';
import type { TopicConsumer } from './topic-consumer.ts';
import type { TopicHandler, TopicHandlers } from './topic-handler.ts';
import { countWaitingDeadLetters } from './waiting-dead-letters.ts';

export interface InboxOptions {
  /** Part of the names of the consumer group and the dead-letter topic. */
  readonly subgraph: string;
  /**
   * Connections to the schema with the tables of `migrations/0000-inbox.sql`; at least 2. One is reserved for positions and checks, the
   * others limit the transactions at a time.
   */
  readonly pool: Pool;
  readonly eventLog: EventLog;
  readonly ctx: ProcessContext;
  /** Handlers of observations by name of the topic. */
  readonly topics: TopicHandlers;
  /** Followed changes of other subgraphs; they need the tables of `migrations/0002-outbox.sql`. */
  readonly follows?: Followings;
  /** Continues the traces of records; without it, none. */
  readonly tracing?: Tracing;
  /** Maximum number of records in one batch of a partition. Default 500. */
  readonly maxBatchRecords?: number;
  /** Time without progress after which a partition with further records is stalled. Default {@link STALLED_AFTER_MS}. */
  readonly stalledAfterMs?: number;
  /** True when the process is not ready while the inbox is stopped or stalled. Default true; false where the process has other work. */
  readonly gatesReadiness?: boolean;
}

/** The credits of about 40 movies: a transaction of some tenths of a second. */
const MAX_TRANSACTION_ROWS = 2_000;

/** Half a transaction: the decoded records of all partitions then take little memory, and those of one alone few transactions. */
const MAX_PART_ROWS = 1_000;

/** A consumer that runs until it is closed; it closes with the process that its context belongs to. */
export interface Inbox {
  /** Waits for the batches that are being applied. */
  close(): Promise<void>;
}

/**
 * Consumes topics into a database. Each event has its effect once, whichever process dies when: effects, versions and offset commit
 * together, and the log is read from the database's offset; that of the consumer group is only a hint. A partition whose batch fails
 * temporarily is retried, and the process is not ready meanwhile (but see `gatesReadiness`). A consumer that crashed too often ends the
 * process (`CRASHED`, exit code 5).
 *
 * @throws MarqueeError `EVENT_LOG_UNREACHABLE`, `UNKNOWN_TOPIC`
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const { subgraph, pool, eventLog, ctx } = options;
  const logger = ctx.logger.child({ part: 'inbox' });
  const metrics = createInboxMetrics(ctx.metrics);
  const consumers = consumersOf(options.topics, options.follows ?? {});
  for (const topic of consumers.keys()) metrics.exposeTopic(topic);
  const deadLetters = deadLetterTopic(subgraph);
  const group = `marquee.${subgraph}`;
  const waiting = new Map<string, string>();
  const turns = new PQueue({ concurrency: Math.max(1, pool.options.max - 1) });

  const appliers = new Map(
    [...consumers].map(([topic, consumer]) => [
      topic,
      batchApplier({
        topic,
        consumer,
        pool,
        eventLog,
        deadLetterTopic: deadLetters.name,
        metrics,
        tracing: options.tracing,
        group,
        logger,
        maxRows: MAX_TRANSACTION_ROWS,
        partRows: MAX_PART_ROWS,
        turns,
      }),
    ]),
  );

  async function handle(batch: RecordBatch): Promise<void> {
    const { topic, partition } = batch;
    const apply = appliers.get(topic);
    if (!apply) throw new MarqueeError('UNKNOWN_TOPIC', `The inbox of ${subgraph} has no handler for ${topic}.`);
    const stopTimer = metrics.timeBatch(topic);
    try {
      await apply(batch);
      waiting.delete(`${topic}/${partition}`);
      stopTimer();
    } catch (error) {
      waiting.set(`${topic}/${partition}`, messageOf(error));
      metrics.countFailure(topic);
      throw error;
    }
  }

  async function position(topic: string, partition: number): Promise<bigint> {
    // A new assignment: a former one's waits no longer apply.
    waiting.delete(`${topic}/${partition}`);
    const next = await nextOffset(pool, topic, partition);
    // Never the group's offset: the database may be new, or restored from a backup.
    if (next === undefined) return 0n;
    const end = (await eventLog.endOffsets(topic)).get(partition) ?? 0n;
    if (next <= end) return next;
    // The log was created again or lost records. Reading it from its beginning is safe: the guards skip what is older than
    // the stored state or equal to it.
    logger.warn(
      { topic, partition, next: String(next), end: String(end) },
      'the log ends before the inbox: starting over',
    );
    return (await rewindPartition(pool, topic, partition, next)) ? 0n : position(topic, partition);
  }

  const { gatesReadiness = true } = options;
  ctx.health.addCheck('inbox database', () => checkDatabase(pool), { gatesReadiness });
  ctx.health.addCheck('inbox event log', () => eventLog.check(), { gatesReadiness });
  const checkPartitions = async () => {
    const [failing] = waiting;
    if (failing) throw new Error(`${failing[0]} waits: ${failing[1]}`);
  };
  ctx.health.addCheck('inbox partitions', checkPartitions, { gatesReadiness });
  const topics = [...OBSERVATION_TOPICS, ...CHANGE_TOPICS].filter(({ name }) => consumers.has(name));
  await eventLog.createTopics([deadLetters, ...topics]);
  const subscription = await eventLog.subscribe({
    group,
    topics: [...consumers.keys()],
    maxBatchRecords: options.maxBatchRecords ?? 500,
    position,
    handle,
  });
  subscription.ended.then((error) => error && ctx.fail(error));
  const progress = watchProgress({
    group,
    topics: [...consumers.keys()],
    reader: subscription,
    eventLog,
    applied: () => appliedOffsets(pool),
    stalledAfterMs: options.stalledAfterMs ?? STALLED_AFTER_MS,
    metrics: ctx.metrics,
    logger,
  });
  const letters = await countWaitingDeadLetters({ subgraph, topics: [...consumers.keys()], eventLog, ctx });
  ctx.health.addCheck('inbox progress', () => progress.check(), { gatesReadiness, showsReason: true });
  const close = async () => {
    await Promise.all([progress.close(), letters.close(), subscription.close()]);
  };
  ctx.onStop('inbox', close);
  return { close };
}

function consumersOf(topics: TopicHandlers, follows: Followings): ReadonlyMap<string, TopicConsumer> {
  const consumers = new Map<string, TopicConsumer>();
  for (const [topic, handler] of Object.entries(topics) as [string, TopicHandler<never>][]) {
    consumers.set(topic, observationConsumer(topic, handler));
  }
  for (const [topic, following] of Object.entries(follows) as [string, AnyFollowing][]) {
    consumers.set(topic, changeConsumer(topic, following));
  }
  return consumers;
}
