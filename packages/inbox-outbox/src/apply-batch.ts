import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, LogRecord, RecordBatch } from '@marquee/event-log/event-log';
import { isConflict } from '@marquee/postgres/availability';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import { withTrace } from '@marquee/runtime/current-trace';
import type { Logger } from '@marquee/runtime/logger';
import type { Tracing } from '@marquee/runtime/tracing';
import type PQueue from 'p-queue';
import { type Fault, toDeadLetter } from './dead-letter.ts';
import type { InboxMetrics, Outcome } from './inbox-metrics.ts';
import { advancePartition, claimPartition } from './partition-offset.ts';
import { beginProcess } from './process-trace.ts';
import { faultReason, isDeferredViolation, isRecordFault, RecordFault } from './record-fault.ts';
import type { TopicConsumer } from './topic-consumer.ts';

/** A record with its event, with the fault for which it has none, or ignored. */
type Entry =
  | { readonly record: LogRecord; readonly event: unknown }
  | { readonly record: LogRecord; readonly fault: Fault }
  | { readonly record: LogRecord; readonly isIgnored: true };

export interface BatchContext {
  readonly pool: Pool;
  readonly eventLog: EventLog;
  readonly deadLetterTopic: string;
  readonly metrics: InboxMetrics;
  /** Continues the traces of records; without it, none. */
  readonly tracing: Tracing | undefined;
  /** The consumer group, in traces. */
  readonly group: string;
  readonly logger: Logger;
  /** The consumer of the batch's topic. */
  readonly consumer: TopicConsumer;
  /** Rows after which a transaction takes no further record. */
  readonly maxRows: number;
  /** Limits concurrent transactions to the connections that they may use. */
  readonly turns: PQueue;
}

/** Attempts at a transaction that lost against another (a deadlock, a serialization failure) before the batch is delivered again. */
const ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 50;
/** Time in ms after which decoding lets requests of the same process continue. A yield after each record takes 5 % of the CPU. */
const HELD_MS = 2;

/**
 * Applies a batch in parts: one transaction commits the effects, versions and offset of a part. Invalid records are published to the
 * dead-letter topic before it commits. A part ends where its rows reach `maxRows`, so that no transaction holds its locks for long.
 *
 * When the handler rejects a part for its data, its halves are applied in transactions of their own, and so on down to the invalid
 * record, which is published to the dead-letter topic too: n records with one invalid one take about 2 log2 n transactions. Rejects
 * when the batch may be applied later; parts before the failed one stay applied, and are then skipped.
 */
export async function applyBatch(context: BatchContext, batch: RecordBatch): Promise<void> {
  const published = new Set<bigint>();

  async function apply(entries: readonly Entry[]): Promise<void> {
    try {
      const outcomes = await applied(context, entries, published);
      context.metrics.countRecords(batch.topic, outcomes);
    } catch (error) {
      if (!(error instanceof RecordFault) && !isDeferredViolation(error)) throw error;
      const [first] = entries;
      if (first === undefined || ('fault' in first && entries.length === 1)) throw error;
      if (entries.length === 1) {
        const reason = faultReason(error instanceof RecordFault ? error.cause : error);
        await apply([{ record: first.record, fault: { code: 'HANDLER_REJECTED', reason } }]);
      } else {
        const middle = Math.ceil(entries.length / 2);
        await apply(entries.slice(0, middle));
        await apply(entries.slice(middle));
      }
    }
  }
  for await (const part of partsOf(context, batch)) await apply(part);
}

/** Runs one transaction, and again at once when it lost against another. */
async function applied(
  context: BatchContext,
  entries: readonly Entry[],
  published: Set<bigint>,
): Promise<Map<Outcome, number>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const transaction = () =>
        traced(context, entries, () =>
          inTransaction(context.pool, (tx) => applyEntries(context, tx, entries, published)),
        );
      return await context.turns.add(transaction, { priority: context.consumer.priority });
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      context.logger.debug({ err: error, attempt }, 'a transaction lost against another and is tried again');
      await sleep(Math.random() * LONGEST_PAUSE_MS);
    }
  }
}

/** Runs a transaction in the trace of its records. */
async function traced<Result>(
  context: BatchContext,
  entries: readonly Entry[],
  transaction: () => Promise<Result>,
): Promise<Result> {
  const process = beginProcess(
    context,
    entries.map(({ record }) => record),
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

/** Decodes a batch's records part by part, and yields to the event loop when it has held it for {@link HELD_MS}. */
async function* partsOf({ consumer, maxRows }: BatchContext, batch: RecordBatch): AsyncGenerator<readonly Entry[]> {
  let part: Entry[] = [];
  let rowsOfKeys = new Map<string, number>();
  let rows = 0;
  let heldSince = performance.now();
  for (const record of batch.records) {
    const entry = toEntry(consumer, record);
    part.push(entry);
    if ('event' in entry) {
      const key = consumer.keyOf(entry.event);
      const count = consumer.rowsOf(entry.event);
      // Only the latest event of each key is applied.
      rows += count - (rowsOfKeys.get(key) ?? 0);
      rowsOfKeys.set(key, count);
    } else rows += 1;
    if (rows >= maxRows) {
      yield part;
      [part, rowsOfKeys, rows] = [[], new Map(), 0];
    }
    if (performance.now() - heldSince >= HELD_MS) {
      await immediate();
      heldSince = performance.now();
    }
  }
  if (part.length > 0) yield part;
}

function toEntry(consumer: TopicConsumer, record: LogRecord): Entry {
  const content = consumer.read(record);
  return content === 'ignored' ? { record, isIgnored: true } : { record, ...content };
}

async function applyEntries(
  context: BatchContext,
  tx: Queryable,
  entries: readonly Entry[],
  published: Set<bigint>,
): Promise<Map<Outcome, number>> {
  const last = entries.at(-1)?.record;
  if (last === undefined) return new Map();
  const { consumer } = context;
  const { topic, partition } = last;
  const next = await claimPartition(tx, topic, partition);
  const pending = entries.filter(({ record }) => record.offset >= next);
  const outcomes = new Map<Outcome, number>();
  const count = (outcome: Outcome, by = 1) => by > 0 && outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + by);
  count('skipped', entries.length - pending.length);
  if (pending.length === 0) return outcomes;

  count('dead_letter', await sendToDeadLetters(context, pending, published));
  count('ignored', pending.filter((entry) => 'isIgnored' in entry).length);
  const events = pending.filter((entry) => 'event' in entry).map(({ event }) => event);
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
  await advancePartition(tx, topic, partition, last.offset + 1n);
  return outcomes;
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

/** Publishes invalid records, each once for a batch even if its parts are retried. */
async function sendToDeadLetters(
  { eventLog, deadLetterTopic, logger }: BatchContext,
  entries: readonly Entry[],
  published: Set<bigint>,
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
