import { backOff, sleep, within } from '@marquee/event-log/back-off';
import type { EventLog, PartitionBounds, ReadBatch, Reader } from '@marquee/event-log/event-log';
import { decodeChange, type EntityChange } from '@marquee/events/change-codec';
import type { ChangeTopic } from '@marquee/events/change-topics';
import { messageOf } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { Gauge } from 'prom-client';
import { ChangeHistory, type HistoryEntry, type HistoryLimits } from './change-history.ts';
import { decodeEventId, type Positions } from './event-id.ts';
import { FeedSubscriber, latest, Moment } from './feed-subscriber.ts';
import { subscriptionGap, subscriptionsUnavailable } from './subscription-error.ts';

/** Time in ms for which a subscription waits for a feed that has just started. */
const START_WAIT_MS = 5_000;

export interface ChangeFeedOptions {
  readonly topic: ChangeTopic;
  readonly eventLog: Pick<EventLog, 'read' | 'endOffsets' | 'check'>;
  readonly ctx: Pick<ProcessContext, 'service' | 'logger' | 'metrics'>;
  /** Returns the channels that a change belongs to; subscriptions listen to channels. */
  readonly channelsOf: (change: EntityChange) => readonly string[];
  readonly history: HistoryLimits;
  /** Maximum number of events that wait for one subscription. */
  readonly maxPending: number;
}

/** The changes of a subgraph's own topic, for the subscriptions of this process. */
export interface ChangeFeed {
  /**
   * Begins a subscription, after an event id or at the current end of the topic.
   *
   * @throws GraphQLError `SUBSCRIPTION_GAP`, or `SERVICE_UNAVAILABLE` while the event log cannot be reached
   */
  subscribe(channels: readonly string[], lastEventId?: string): Promise<FeedSubscriber>;
  /** Rejects while the topic has not been read, or the event log does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a feed. It reads every partition, keeps trying while the event log is unavailable, and holds a history for clients that resume. */
export function startChangeFeed(options: ChangeFeedOptions): ChangeFeed {
  const { topic, eventLog, ctx, channelsOf, maxPending } = options;
  const logger = ctx.logger.child({ part: 'change feed' });
  const closing = new AbortController();
  const subscribers = new Set<FeedSubscriber>();
  const listeners = new Map<string, Set<FeedSubscriber>>();
  const begun = Promise.withResolvers<{ readonly history: ChangeHistory; readonly ends: Positions }>();
  const up = new Gauge({
    name: 'marquee_change_feed_up',
    help: '1 while the change feed of subscriptions reads its topic, from the start of its reader on.',
    registers: [ctx.metrics],
  });
  let failure = 'it has not been read yet';
  let reader: Reader | undefined;

  async function run(): Promise<void> {
    const delays = backOff();
    let history: ChangeHistory | undefined;
    while (!closing.signal.aborted) {
      try {
        const offsets = await eventLog.endOffsets(topic.name);
        const ends = Array.from({ length: offsets.size }, (_, partition) => offsets.get(partition) ?? 0n);
        history ??= new ChangeHistory(ends, options.history);
        await readTo(history, ends);
        return;
      } catch (error) {
        reader = undefined;
        up.set(0);
        failure = messageOf(error);
        const delayMs = delays.next();
        logger.warn({ topic: topic.name, delayMs, reason: failure }, 'the change feed cannot read; trying again');
        await sleep(delayMs, closing.signal);
      }
    }
  }

  /** Reads until the feed is closed. Rejects when the reader cannot start, or has crashed too often: queries are served without it. */
  async function readTo(history: ChangeHistory, ends: Positions): Promise<void> {
    reader = await eventLog.read({
      name: `marquee.${ctx.service}-subscriptions`,
      topic: topic.name,
      position: (partition, bounds) => positionIn(history, partition, bounds),
      handle: (batch) => handle(history, batch),
    });
    begun.resolve({ history, ends });
    up.set(1);
    const error = await reader.ended;
    if (error) throw error;
  }

  function positionIn(history: ChangeHistory, partition: number, { first, end }: PartitionBounds): bigint {
    const position = history.position(partition);
    if (position > end) {
      logger.warn({ topic: topic.name, partition, end: String(end) }, 'the topic was created again or lost records');
      history.restart(partition, end);
      for (const subscriber of subscribers) subscriber.miss();
      return end;
    }
    if (position < first) miss(history, partition, first);
    return position < first ? first : position;
  }

  function handle(history: ChangeHistory, { partition, records, next }: ReadBatch): void {
    for (const record of records) {
      const position = history.position(partition);
      if (record.offset < position) continue;
      if (record.offset > position) miss(history, partition, record.offset);
      const decoded = decodeChange({ ...record, topic: topic.name });
      if (!decoded.ok) {
        const { code, reason } = decoded;
        logger.error({ partition, offset: String(record.offset), code, reason }, 'a change cannot be read');
      }
      const entry = decoded.ok ? entryOf(partition, record.offset, decoded.change) : undefined;
      const added = history.advance(partition, record.offset + 1n, entry);
      if (added !== undefined) dispatch(history, added);
    }
    if (next > history.position(partition)) miss(history, partition, next);
  }

  function entryOf(partition: number, offset: bigint, change: EntityChange): HistoryEntry | undefined {
    const channels = channelsOf(change);
    if (channels.length === 0) return undefined;
    const { eventId, entityId, change: kind, occurredAt } = change;
    return { partition, offset, channels, change: { eventId, entityId, change: kind, occurredAt } };
  }

  function dispatch(history: ChangeHistory, entry: HistoryEntry): void {
    const receivers = new Set(entry.channels.flatMap((channel) => [...(listeners.get(channel) ?? [])]));
    if (receivers.size === 0) return;
    const moment = new Moment(topic.name, history.positions);
    for (const subscriber of receivers) subscriber.push(entry, moment);
  }

  /** Compaction, retention or a lost log left out the records below `floor`. */
  function miss(history: ChangeHistory, partition: number, floor: bigint): void {
    history.miss(partition, floor);
    for (const subscriber of subscribers) if ((subscriber.start[partition] ?? 0n) < floor) subscriber.miss();
  }

  /** Returns the positions of an event id, which another replica may have issued that has read further. */
  async function resumedFrom(history: ChangeHistory, lastEventId: string): Promise<Positions> {
    const positions = decodeEventId(topic.name, history.positions.length, lastEventId);
    if (positions === undefined) throw subscriptionGap();
    if (isAhead(positions, history.positions)) {
      const ends = await eventLog.endOffsets(topic.name).catch((error: unknown) => {
        logger.warn({ topic: topic.name, reason: messageOf(error) }, 'an event id cannot be checked');
        throw subscriptionsUnavailable('the event log does not answer');
      });
      if (positions.some((offset, partition) => offset > (ends.get(partition) ?? 0n))) throw subscriptionGap();
    }
    return positions;
  }

  function register(subscriber: FeedSubscriber): void {
    subscribers.add(subscriber);
    for (const channel of subscriber.channels) {
      const others = listeners.get(channel) ?? new Set();
      listeners.set(channel, others.add(subscriber));
    }
  }

  function unregister(subscriber: FeedSubscriber): void {
    subscribers.delete(subscriber);
    for (const channel of subscriber.channels) {
      const others = listeners.get(channel);
      others?.delete(subscriber);
      if (others?.size === 0) listeners.delete(channel);
    }
  }

  const running = run();
  return {
    async subscribe(names, lastEventId) {
      const { history, ends } = await within(START_WAIT_MS, begun.promise, () =>
        subscriptionsUnavailable('the event log cannot be reached'),
      );
      const start =
        lastEventId === undefined ? latest(ends, history.positions) : await resumedFrom(history, lastEventId);
      // Without an await from here on: no record comes between the history and the registration.
      if (!history.covers(start)) throw subscriptionGap();
      const channels = new Set(names);
      const subscriber: FeedSubscriber = new FeedSubscriber({
        topic: topic.name,
        channels,
        start,
        positions: () => history.positions,
        maxPending,
        onClose: () => unregister(subscriber),
      });
      const positions = [...start];
      for (const entry of history.after(start)) {
        positions[entry.partition] = entry.offset + 1n;
        if (entry.channels.some((channel) => channels.has(channel)))
          subscriber.replay(entry.change, new Moment(topic.name, [...positions]));
      }
      register(subscriber);
      return subscriber;
    },

    async check() {
      if (reader === undefined) throw new Error(`${topic.name}: ${failure}`);
      await eventLog.check();
    },

    async close() {
      closing.abort();
      await reader?.close();
      await within(START_WAIT_MS, running, () => undefined).catch(() => {});
    },
  };
}

function isAhead(one: Positions, other: Positions): boolean {
  return one.some((offset, partition) => offset > (other[partition] ?? 0n));
}
