import { backOff, sleep, within } from '@marquee/event-log/back-off';
import type { EventLog } from '@marquee/event-log/event-log';
import { createGate } from '@marquee/event-log/gate';
import { STALLED_AFTER_MS } from '@marquee/event-log/progress';
import { sendSpan, withTraceHeaders } from '@marquee/event-log/record-traces';
import { type Signs, supervise } from '@marquee/event-log/supervise';
import { encodeChange } from '@marquee/events/change-codec';
import type { ChangeTopic } from '@marquee/events/change-topics';
import { advisoryLockKey } from '@marquee/postgres/advisory-lock';
import { isTransient } from '@marquee/postgres/availability';
import { openSession, type Session } from '@marquee/postgres/session';
import { MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import type { Trace, Tracing } from '@marquee/runtime/tracing';
import { measureOutbox, type OutboxRow, readOutbox, removeFromOutbox } from './outbox-rows.ts';
import { createRelayMetrics } from './relay-metrics.ts';

export interface RelayOptions {
  /** Connection string of the runtime role: a direct connection, or a pooler in session mode. */
  readonly url: string;
  /** The schema with the tables of `migrations/0002-outbox.sql`. */
  readonly schema: string;
  /** The topic to which changes are published. */
  readonly topic: ChangeTopic;
  readonly eventLog: EventLog;
  readonly ctx: ProcessContext;
  /** Continues the traces that made the changes; without it, none. */
  readonly tracing?: Tracing;
  /** Maximum number of records published at once. Default 500. */
  readonly batchSize?: number;
  /** Milliseconds between reads of the outbox without a notification. Default 1,000. */
  readonly pollMs?: number;
  /** Time after which the relay is stalled with a change that stays the first one. Default {@link STALLED_AFTER_MS}. */
  readonly stalledAfterMs?: number;
  /** True when the process is not ready while the relay is stopped or stalled. Default true; false where the process has other work. */
  readonly gatesReadiness?: boolean;
}

/** A publisher of an outbox's changes; it closes with the process of its context. */
export interface Relay {
  /** Publishes pending changes for a few seconds at most. */
  close(): Promise<void>;
}

/** The channel of Postgres on which the trigger of an outbox sends the name of its schema. */
const OUTBOX_CHANNEL = 'marquee_outbox';

/** More than the time between two statements of a relay, which is that of a publication and a back-off. */
const IDLE_LIMIT_MS = 60_000;
/** An outage of the event log is over at most this long before the next attempt. */
const LONGEST_OUTAGE_PAUSE_MS = 1_000;
const DRAIN_MS = 5_000;
/** Time after the drain for which a request to an unresponsive log is awaited. */
const CLOSE_GRACE_MS = 5_000;

/**
 * Publishes the changes of an outbox to their topic, each at least once and those of one entity in order, and deletes them. Of all relays
 * of an outbox, the one whose session holds the lock is active; when the session ends, another takes over. A relay that dies between
 * publication and deletion leaves rows that are published again with the same event ids. The table alone decides what is published;
 * notifications only shorten the wait. Changes that cannot be sent are tried again for ever; a relay that crashed too often otherwise, as
 * without its table, ends the process (`CRASHED`, exit code 5).
 *
 * @throws MarqueeError `EVENT_LOG_UNREACHABLE`
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const {
    topic,
    schema,
    url,
    eventLog,
    ctx,
    tracing,
    batchSize = 500,
    pollMs = 1_000,
    stalledAfterMs = STALLED_AFTER_MS,
    gatesReadiness = true,
  } = options;
  const logger = ctx.logger.child({ part: 'outbox relay' });
  const metrics = createRelayMetrics(ctx.metrics);
  const lockKey = advisoryLockKey(`outbox:${schema}`);
  const closing = new AbortController();
  const wake = createGate();
  const delays = backOff();
  let failure: string | undefined;
  /** The first change that the active relay sends, and the time since when it has been the first. */
  let first: { readonly seq: string | undefined; readonly since: number } | undefined;
  let session: Session | undefined;
  let drainUntil = Number.POSITIVE_INFINITY;

  async function run({ connected, progressed }: Signs): Promise<void> {
    try {
      session = await openSession({
        url,
        schema,
        applicationName: `marquee-${topic.source}-relay`,
        channels: [OUTBOX_CHANNEL],
        onNotification: (_channel, payload) => payload === schema && wake.open(),
        idleLimitMs: IDLE_LIMIT_MS,
      });
      if (await becomeActive(session, connected)) await relay(session, progressed);
    } catch (error) {
      failure = messageOf(error);
      metrics.countFailure();
      throw error;
    } finally {
      first = undefined;
      metrics.setActive(false);
      await session?.close();
    }
  }

  async function sendingFailed(error: unknown): Promise<void> {
    failure = messageOf(error);
    metrics.countFailure();
    const isOutage = error instanceof MarqueeError && error.retryable;
    const delayMs = Math.min(delays.next(), isOutage ? LONGEST_OUTAGE_PAUSE_MS : Number.POSITIVE_INFINITY);
    const entry = { topic: topic.name, delayMs, reason: failure, ...(!isOutage && { err: error }) };
    logger.warn(entry, 'the changes could not be sent; trying again');
    await sleep(delayMs, closing.signal);
  }

  /** Waits for the lock. Returns false when the relay is closed meanwhile. */
  async function becomeActive(its: Session, connected: () => void): Promise<boolean> {
    while (!closing.signal.aborted) {
      const [row] = await its.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey]);
      failure = undefined;
      connected();
      if (row?.locked) {
        logger.info({ topic: topic.name }, 'relaying');
        metrics.setActive(true);
        return true;
      }
      await measure(its);
      await sleep(pollMs, closing.signal);
    }
    return false;
  }

  async function relay(its: Session, progressed: () => void): Promise<void> {
    let measuredAt = 0;
    for (;;) {
      if (Date.now() - measuredAt >= pollMs) {
        await measure(its);
        measuredAt = Date.now();
      }
      const sent = await relayBatch(its);
      if (sent !== undefined) progressed();
      if (closing.signal.aborted && (!sent || Date.now() >= drainUntil)) return;
      if (sent === 0) await wake.wait(AbortSignal.any([closing.signal, its.lost]), pollMs);
    }
  }

  /** Returns the number of published changes; undefined after a failure and its back-off. */
  async function relayBatch(its: Session): Promise<number | undefined> {
    const rows = await readOutbox(its, batchSize);
    if (rows.length > 0) {
      if (first?.seq !== rows[0]?.seq) first = { seq: rows[0]?.seq, since: Date.now() };
      const spans: (Trace | undefined)[] = [];
      const endSpans = (error?: string) => {
        for (const span of spans) span?.end({ error });
      };
      try {
        const records = rows.map((row) => {
          const { record, span } = beginSend(row);
          spans.push(span);
          return record;
        });
        await eventLog.publish(topic.name, records);
        endSpans();
      } catch (error) {
        endSpans(error instanceof MarqueeError ? error.code : 'unexpected');
        // Keeps the lock: another relay could overtake records that are still in flight.
        await sendingFailed(error);
        return undefined;
      }
      metrics.countSent(rows.length);
      await removeFromOutbox(its, rows);
    }
    first = undefined;
    failure = undefined;
    delays.reset();
    return rows.length;
  }

  /** Starts the span of sending a change, in the trace that made it. */
  function beginSend({ change, trace }: OutboxRow) {
    const record = encodeChange(topic, change);
    if (trace === null) return { record, span: undefined };
    const span = tracing?.beginFromRecord(trace, ...sendSpan(eventLog, { topic: topic.name, key: record.key }));
    return { record: withTraceHeaders(record, span), span };
  }

  async function measure(its: Session): Promise<void> {
    const { pending, oldestAgeSeconds } = await measureOutbox(its);
    metrics.setPending(pending, oldestAgeSeconds);
  }

  const check = async () => {
    if (failure !== undefined) throw new Error(failure);
    if (first !== undefined && Date.now() - first.since >= stalledAfterMs)
      throw new Error(`the first change has not been sent since ${new Date(first.since).toISOString()}`);
  };
  ctx.health.addCheck('outbox relay', check, { gatesReadiness });
  await eventLog.createTopics([topic]);
  const running = supervise({
    name: 'the outbox relay',
    logger,
    closing: closing.signal,
    run,
    toError: (reason) => toRelayError(reason, topic.name),
  });
  running.then((error) => error && ctx.fail(error));
  const close = async () => {
    drainUntil = Date.now() + DRAIN_MS;
    closing.abort();
    // Giving up on an unresponsive log loses nothing: unpublished changes stay in the outbox.
    await within(DRAIN_MS + CLOSE_GRACE_MS, running, () => undefined).catch(() => {});
    await session?.close();
  };
  ctx.onStop('outbox relay', close);
  return { close };
}

/** Maps the reason of a relay's end, such as an outbox that cannot be read. */
function toRelayError(reason: unknown, topic: string): MarqueeError {
  if (reason instanceof MarqueeError) return reason;
  const message = `Relaying to ${topic} failed (${messageOf(reason)}).`;
  return new MarqueeError('RELAY_FAILED', message, { cause: reason, retryable: isTransient(reason) });
}
