import type { EventLog, LogRecord, RecordBatch } from '@marquee/event-log/event-log';
import { type DeletedEvent, decodeEvent, type ObservedEvent } from '@marquee/events/codec';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import type { Logger } from '@marquee/runtime/logger';
import { contentHash } from './content-hash.ts';
import { type Fault, toDeadLetter } from './dead-letter.ts';
import type { InboxMetrics, Outcome } from './inbox-metrics.ts';
import { guardObservations } from './observation-guard.ts';
import { advancePartition, claimPartition } from './partition-offset.ts';
import { faultReason, isDeferredViolation, isRecordFault, RecordFault } from './record-fault.ts';
import type { TopicHandler } from './topic-handler.ts';

type Event = ObservedEvent | DeletedEvent;

/** A record, and either the event in it or why there is none. */
type Entry =
  | { readonly record: LogRecord; readonly event: Event; readonly hash: Buffer | null }
  | { readonly record: LogRecord; readonly fault: Fault };

export interface BatchContext {
  readonly pool: Pool;
  readonly eventLog: EventLog;
  readonly deadLetterTopic: string;
  readonly metrics: InboxMetrics;
  readonly logger: Logger;
  /** The handler of the batch's topic. */
  readonly handler: TopicHandler<never>;
}

/**
 * Applies a batch: effects, versions and offset in one transaction; records that are no events go to the dead-letter topic
 * before it commits.
 *
 * When the handler refuses the batch for its data, the halves are applied one after the other, each in a transaction of its
 * own, and so on down to the record at fault, which is put aside like one that is no event: n records with one at
 * fault take about 2 log2 n transactions. Rejects when the same batch may be applied later.
 */
export async function applyBatch(context: BatchContext, batch: RecordBatch): Promise<void> {
  const published = new Set<bigint>();

  async function apply(entries: readonly Entry[]): Promise<void> {
    try {
      const outcomes = await inTransaction(context.pool, (tx) => applyEntries(context, tx, entries, published));
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
  await apply(batch.records.map(toEntry));
}

function toEntry(record: LogRecord): Entry {
  const decoded = decodeEvent(record);
  if (!decoded.ok) return { record, fault: { code: decoded.code, reason: decoded.reason } };
  const { event } = decoded;
  return { record, event, hash: event.kind === 'observed' ? contentHash(event.data) : null };
}

async function applyEntries(
  context: BatchContext,
  tx: Queryable,
  entries: readonly Entry[],
  published: Set<bigint>,
): Promise<Map<Outcome, number>> {
  const last = entries.at(-1)?.record;
  if (last === undefined) return new Map();
  const { topic, partition } = last;
  const next = await claimPartition(tx, topic, partition);
  const pending = entries.filter(({ record }) => record.offset >= next);
  const outcomes = new Map<Outcome, number>();
  const count = (outcome: Outcome, by = 1) => by > 0 && outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + by);
  count('skipped', entries.length - pending.length);
  if (pending.length === 0) return outcomes;

  count('dead_letter', await putAside(context, pending, published));
  const events = pending.filter((entry) => 'event' in entry);
  const latest = latestOfEachKey(events);
  count('superseded', events.length - latest.length);
  const verdicts = await guardObservations(
    tx,
    topic,
    latest.map(({ event, hash }) => ({ key: event.movieId, observedAt: event.observedAt, contentHash: hash })),
  );
  const changed: Event[] = [];
  for (const { event } of latest) {
    const verdict = verdicts.get(event.movieId) ?? 'stale';
    if (verdict === 'changed') changed.push(event);
    count(verdict === 'changed' ? 'applied' : verdict);
  }
  if (changed.length > 0) await handle(context.handler, tx, changed);
  await advancePartition(tx, topic, partition, last.offset + 1n);
  return outcomes;
}

/** Of each film the latest observation; of two of the same moment, the one with the later offset. In the order of the log. */
function latestOfEachKey<E extends { readonly event: Event }>(entries: readonly E[]): E[] {
  const latest = new Map<string, E>();
  for (const entry of entries) {
    const { movieId, observedAt } = entry.event;
    const known = latest.get(movieId);
    if (known && known.event.observedAt > observedAt) continue;
    latest.delete(movieId); // so that it takes its place at the end
    latest.set(movieId, entry);
  }
  return [...latest.values()];
}

async function handle(handler: TopicHandler<never>, tx: Queryable, changed: readonly Event[]): Promise<void> {
  try {
    await handler(tx, {
      // The topic decides which data its events carry; `startInbox` pairs it with the handler of that data.
      observed: changed.filter((event) => event.kind === 'observed') as never,
      deleted: changed.filter((event) => event.kind === 'deleted'),
    });
  } catch (error) {
    throw isRecordFault(error) ? new RecordFault('the handler refuses the records', { cause: error }) : error;
  }
}

/** Publishes the records that are no events, each once for a batch however often parts of it are tried. */
async function putAside(
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
    logger.warn({ topic, partition, offset: String(offset), ...fault, deadLetterTopic }, 'put a record aside');
  }
  return faulty.length;
}
