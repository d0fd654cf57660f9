import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@marquee/event-log/event-log';
import { isConflict } from '@marquee/postgres/availability';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import { withTrace } from '@marquee/runtime/current-trace';
import type { Logger } from '@marquee/runtime/logger';
import type { Tracing } from '@marquee/runtime/tracing';
import { toDeadLetter } from './dead-letter.ts';
import type { InboxMetrics, Outcome } from './inbox-metrics.ts';
import type { Entry, Part } from './part.ts';
import { advancePartitions, claimPartitions } from './partition-offset.ts';
import { beginProcess } from './process-trace.ts';
import { isRecordFault, RecordFault } from './record-fault.ts';
import type { TopicConsumer } from './topic-consumer.ts';

export interface PartsContext {
  readonly topic: string;
  readonly pool: Pool;
  readonly eventLog: EventLog;
  readonly deadLetterTopic: string;
  readonly metrics: InboxMetrics;
  /** Continues the traces of records; without it, none. */
  readonly tracing: Tracing | undefined;
  /** The consumer group, in traces. */
  readonly group: string;
  readonly logger: Logger;
  /** The consumer of the topic. */
  readonly consumer: TopicConsumer;
}

/** Attempts at a transaction that lost against another (a deadlock, a serialization failure) before the batch is delivered again. */
const ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 50;

/**
 * Applies parts of different partitions in one transaction, again at once when it lost against another, and counts their records.
 *
 * @throws RecordFault when the handler rejects one of the records
 */
export async function applyParts(context: PartsContext, parts: readonly Part[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const outcomes = await traced(context, parts, () =>
        inTransaction(context.pool, (tx) => apply(context, tx, parts)),
      );
      context.metrics.countRecords(context.topic, outcomes);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      context.logger.debug({ err: error, attempt }, 'a transaction lost against another and is tried again');
      await sleep(Math.random() * LONGEST_PAUSE_MS);
    }
  }
}

/** Runs a transaction in the trace of its records. */
async function traced<Result>(
  context: PartsContext,
  parts: readonly Part[],
  transaction: () => Promise<Result>,
): Promise<Result> {
  const process = beginProcess(
    context,
    parts.flatMap(({ entries }) => entries.map(({ record }) => record)),
  );
  try {
    const result = await withTrace(process?.trace, transaction);
    process?.end();
    return result;
  } catch (error) {
    process?.end(error instanceof Error ? error.name : 'unexpected');
    throw error;
  }
}

async function apply(context: PartsContext, tx: Queryable, parts: readonly Part[]): Promise<Map<Outcome, number>> {
  const { consumer, topic } = context;
  const outcomes = new Map<Outcome, number>();
  const count = (outcome: Outcome, by = 1) => by > 0 && outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + by);
  const next = await claimPartitions(
    tx,
    topic,
    parts.map(({ partition }) => partition),
  );
  const pending = parts.flatMap((part) => {
    const entries = part.entries.filter(({ record }) => record.offset >= (next.get(part.partition) ?? 0n));
    count('skipped', part.entries.length - entries.length);
    return entries.length > 0 ? [{ ...part, entries }] : [];
  });
  if (pending.length === 0) return outcomes;

  for (const part of pending) count('dead_letter', await sendToDeadLetters(context, part));
  const entries = pending.flatMap((part) => part.entries);
  count('ignored', entries.filter((entry) => 'isIgnored' in entry).length);
  const events = entries.filter((entry) => 'event' in entry).map(({ event }) => event);
  const latest = latestOfEachKey(consumer, events);
  count('superseded', events.length - latest.length);
  const verdicts = await consumer.guard(tx, latest);
  const changed: unknown[] = [];
  for (const event of latest) {
    const verdict = verdicts.get(consumer.keyOf(event)) ?? 'stale';
    if (verdict === 'changed') changed.push(event);
    count(verdict === 'changed' ? 'applied' : verdict);
  }
  if (changed.length > 0) await handle(consumer, tx, changed);
  await advancePartitions(tx, topic, new Map(pending.map((part) => [part.partition, endOf(part)])));
  return outcomes;
}

/** Returns the offset after a part. */
function endOf({ entries }: Part): bigint {
  return (entries.at(-1)?.record.offset ?? -1n) + 1n;
}

/** Returns the latest event of each key, in the order of the log. Of two equally new events, the later offset wins. */
function latestOfEachKey(consumer: TopicConsumer, events: readonly unknown[]): unknown[] {
  const latest = new Map<string, unknown>();
  for (const event of events) {
    const key = consumer.keyOf(event);
    if (latest.has(key) && consumer.isNewer(latest.get(key), event)) continue;
    latest.delete(key); // moves the key to the end
    latest.set(key, event);
  }
  return [...latest.values()];
}

async function handle(consumer: TopicConsumer, tx: Queryable, changed: readonly unknown[]): Promise<void> {
  try {
    await consumer.apply(tx, changed);
  } catch (error) {
    throw isRecordFault(error) ? new RecordFault('the handler refuses the records', { cause: error }) : error;
  }
}

/** Publishes invalid records, each once for a batch even if its parts are retried. Returns their number. */
async function sendToDeadLetters(
  { eventLog, deadLetterTopic, logger }: PartsContext,
  { entries, published }: { readonly entries: readonly Entry[]; readonly published: Set<bigint> },
): Promise<number> {
  const faulty = entries.filter((entry) => 'fault' in entry);
  const unpublished = faulty.filter(({ record }) => !published.has(record.offset));
  if (unpublished.length > 0) {
    await eventLog.publish(
      deadLetterTopic,
      unpublished.map(({ record, fault }) => toDeadLetter(record, fault)),
    );
  }
  for (const { record, fault } of unpublished) {
    const { topic, partition, offset } = record;
    published.add(offset);
    logger.warn({ topic, partition, offset: String(offset), ...fault, deadLetterTopic }, 'published a dead letter');
  }
  return faulty.length;
}
