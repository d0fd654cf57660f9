import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { EventLog } from '@marquee/event-log/event-log';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { createLogger } from '@marquee/runtime/logger';
import { createMetrics } from '@marquee/runtime/metrics';
import { eventually } from '@marquee/testing/eventually';
import { openGate } from '@marquee/testing/gate';
import { type ChangeFeed, type ChangeFeedOptions, startChangeFeed } from '../../src/subscriptions/change-feed.ts';
import { decodeEventId, encodeEventId } from '../../src/subscriptions/event-id.ts';
import type { FeedSubscriber } from '../../src/subscriptions/feed-subscriber.ts';
import { type ChangeLog, createChangeLog, createKafkaChangeLog } from '../fixtures/change-log.ts';
import { channelsOf } from '../fixtures/subscriptions.ts';

const logger = createLogger('test', process.env.LOG_LEVEL || 'silent');
const ALL = Array.from({ length: 40 }, (_, index) => `movieChanged:${index}`);

for (const [name, create] of [
  ['Postgres', createChangeLog],
  ['Kafka', createKafkaChangeLog],
] as const)
  describeFeed(name, create);

function describeFeed(name: string, create: () => Promise<ChangeLog>): void {
  describe(`the feed of changes in ${name}`, () => {
    let log: ChangeLog;
    let feeds: ChangeFeed[] = [];
    before(async () => {
      log = await create();
    });
    afterEach(async () => {
      for (const feed of feeds) await feed.close();
      feeds = [];
    });
    after(() => log.drop());

    function start(options: Partial<ChangeFeedOptions> = {}, eventLog: EventLog = log.eventLog): ChangeFeed {
      const ctx = { service: 'movies', logger, metrics: createMetrics('test') };
      const history = { records: 10_000, bytes: 1_000_000 };
      const feed = startChangeFeed({
        topic: MOVIES_CHANGES,
        eventLog,
        ctx,
        channelsOf,
        history,
        maxPending: 1_000,
        ...options,
      });
      feeds.push(feed);
      return feed;
    }

    /** Reads events and returns their movies, each with the id after it. */
    async function take(subscriber: FeedSubscriber, count: number): Promise<{ movie: string; id: string }[]> {
      const events: { movie: string; id: string }[] = [];
      while (events.length < count) {
        const event = await subscriber.next(AbortSignal.timeout(20_000));
        assert.ok(event, `${events.length} of ${count} events in time`);
        events.push({ movie: event.change.entityId, id: event.id });
      }
      return events;
    }

    const publish = (...ids: number[]) => log.publish(...ids.map((id) => ({ id: String(id) })));
    const gap = { extensions: { code: 'SUBSCRIPTION_GAP' } };

    it('delivers the changes of its channels from the start of a subscription on', async () => {
      const feed = start();
      const earlier = await feed.subscribe(['movieChanged:1']);
      await publish(1);
      await take(earlier, 1);
      const subscriber = await feed.subscribe(['movieChanged:1', 'movieChanged:2']);
      await log.publish({ id: '2' }, { id: '3' }, { id: '1', entity: 'MovieVotes' }, { id: '1', change: 'deleted' });
      const events = await take(subscriber, 2);
      assert.deepEqual(events.map(({ movie }) => movie).sort(), ['1', '2']);
      subscriber.close();
    });

    it('resumes after each event of another replica with what follows, each once and in order', async () => {
      const [one, other] = [start(), start()];
      const subscriber = await one.subscribe(ALL);
      const { startId } = subscriber;
      await publish(...Array.from({ length: 40 }, (_, index) => index));
      await publish(7, 7, 7);
      const events = await take(subscriber, 43);
      for (const index of [0, 5, 21, 39, 42]) {
        const resumed = await other.subscribe(ALL, events[index]?.id);
        const rest = await take(resumed, 42 - index);
        const expected = events.slice(index + 1);
        assert.deepEqual(rest.map(({ movie }) => movie).sort(), expected.map(({ movie }) => movie).sort());
        resumed.close();
      }
      const all = await other.subscribe(ALL, startId);
      assert.equal((await take(all, 43)).filter(({ movie }) => movie === '7').length, 4);
    });

    it('resumes within a replay, and joins it to what is published meanwhile', async () => {
      const feed = start();
      const { startId } = await feed.subscribe(ALL);
      await publish(...Array.from({ length: 20 }, (_, index) => index));
      let id: string | undefined = startId;
      const seen: string[] = [];
      for (let round = 0; round < 4; round++) {
        const resumed = await feed.subscribe(ALL, id);
        await publish(20 + round);
        for (const event of await take(resumed, 6)) {
          seen.push(event.movie);
          id = event.id;
        }
        resumed.close();
      }
      assert.deepEqual(
        seen.map(Number).sort((a, b) => a - b),
        Array.from({ length: 24 }, (_, index) => index),
      );
    });

    it('resumes after a restart of the process', async () => {
      const first = start();
      const subscriber = await first.subscribe(ALL);
      await publish(1, 2);
      const [, last] = await take(subscriber, 2);
      await first.close();
      await publish(3, 4);
      const resumed = await start().subscribe(ALL, last?.id);
      await publish(5);
      assert.deepEqual((await take(resumed, 3)).map(({ movie }) => movie).sort(), ['3', '4', '5']);
    });

    it('rejects ids that it cannot resume from', async () => {
      const feed = start({ history: { records: 12, bytes: 1_000_000 } });
      const subscriber = await feed.subscribe(ALL);
      const old = subscriber.startId;
      const positions = decodeEventId(MOVIES_CHANGES.name, 6, old);
      assert.ok(positions);
      const future = encodeEventId(
        MOVIES_CHANGES.name,
        positions.map((offset) => offset + 1_000n),
      );
      const other = encodeEventId('marquee.people-changes.v1', positions);
      await publish(...Array.from({ length: 40 }, (_, index) => index));
      await take(subscriber, 40);
      for (const id of ['', 'nonsense', future, other, old]) await assert.rejects(feed.subscribe(ALL, id), gap);
    });

    it('waits for records that another replica has already read', async () => {
      const feed = start();
      const subscriber = await feed.subscribe(ALL);
      await publish(1);
      const [event] = await take(subscriber, 1);
      const late = start(
        {},
        { ...log.eventLog, read: (options) => log.eventLog.read({ ...options, maxBatchRecords: 1 }) },
      );
      const resumed = await late.subscribe(ALL, event?.id);
      await publish(2);
      assert.deepEqual(
        (await take(resumed, 1)).map(({ movie }) => movie),
        ['2'],
      );
    });

    it('tells a repetition of the relay from a change', async () => {
      const feed = start();
      const subscriber = await feed.subscribe(ALL);
      const change = { id: '1', eventId: '019aa000-0000-7000-8000-000000000000' };
      await log.publish(change, change, { id: '1', change: 'deleted' });
      await take(subscriber, 2);
      assert.notEqual(subscriber.currentId, change.eventId);
      assert.equal(await subscriber.next(AbortSignal.timeout(300)), undefined);
    });

    it('gives no current id while an event is executed, which a client that resumed there would miss', async () => {
      const feed = start();
      const subscriber = await feed.subscribe(ALL);
      assert.equal(subscriber.currentId, subscriber.startId);
      await publish(1);
      const [event] = await take(subscriber, 1);
      assert.equal(subscriber.currentId, undefined);
      assert.equal(await subscriber.next(AbortSignal.timeout(50)), undefined);
      assert.equal(subscriber.currentId, event?.id);
    });

    it('ends a subscription whose records the log no longer has', async () => {
      const feed = start(
        {},
        { ...log.eventLog, read: (options) => log.eventLog.read({ ...options, handle: withoutFirst(options) }) },
      );
      const subscriber = await feed.subscribe(ALL);
      await publish(1);
      await publish(1);
      await assert.rejects(take(subscriber, 1), gap);
      await assert.rejects(feed.subscribe(ALL, subscriber.startId), gap);
    });

    // Brokers tell clients their addresses, so a proxy cannot cut Kafka off; the conformance suite stops brokers.
    if (create === createChangeLog)
      it('begins when the event log comes up, and goes on after it was away', { timeout: 60_000 }, async () => {
        const gate = await openGate(log.url ?? '');
        await gate.shut();
        const eventLog = createPostgresEventLog({ url: gate.url, logger, waitMs: 500 });
        try {
          const feed = start({}, eventLog);
          await assert.rejects(feed.check());
          await assert.rejects(feed.subscribe(ALL), { extensions: { code: 'SERVICE_UNAVAILABLE' } });
          await gate.open();
          const subscriber = await eventually(() => feed.subscribe(ALL));
          await publish(1);
          const [first] = await take(subscriber, 1);
          await gate.shut();
          await publish(2);
          const meanwhile = await feed.subscribe(ALL);
          await gate.open();
          assert.deepEqual(
            (await take(subscriber, 1)).map(({ movie }) => movie),
            ['2'],
          );
          assert.deepEqual(
            (await take(meanwhile, 1)).map(({ movie }) => movie),
            ['2'],
          );
          const resumed = await feed.subscribe(ALL, first?.id);
          assert.deepEqual(
            (await take(resumed, 1)).map(({ movie }) => movie),
            ['2'],
          );
          await feed.check();
        } finally {
          for (const feed of feeds.splice(0)) await feed.close();
          await eventLog.close();
          await gate.shut();
        }
      });
  });
}

/** Leaves out the first new record, as a log does that has compacted it. */
function withoutFirst({ handle }: Parameters<EventLog['read']>[0]): Parameters<EventLog['read']>[0]['handle'] {
  const since = Date.now();
  let isDone = false;
  return (batch) => {
    const records = batch.records.filter(({ timestamp }) => {
      const isLeftOut = !isDone && timestamp.getTime() >= since;
      isDone ||= isLeftOut;
      return !isLeftOut;
    });
    handle({ ...batch, records, next: records.length === 0 ? (batch.records[0]?.offset ?? batch.next) : batch.next });
  };
}
