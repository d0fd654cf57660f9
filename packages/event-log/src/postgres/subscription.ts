import { isUnavailable } from '@marquee/postgres/availability';
import { openSession, type Session } from '@marquee/postgres/session';
import { messageOf } from '@marquee/runtime/errors';
import { backOff, sleep } from '../back-off.ts';
import type { SubscribeOptions, Subscription } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import { createGate } from '../gate.ts';
import type { EventLogDatabase } from './database.ts';
import { createMembership, GROUPS_CHANNEL } from './membership.ts';
import { type PartitionReader, startPartitionReader } from './partition-reader.ts';
import { RECORDS_CHANNEL } from './publisher.ts';
import type { Topic } from './topics.ts';

/** Much more than the time between two statements of a member, which polls. */
const IDLE_LIMIT_MS = 60_000;

interface SubscriptionOptions {
  database: EventLogDatabase;
  topics: readonly Topic[];
  subscribe: SubscribeOptions;
  metrics: EventLogMetrics;
  pollMs: number;
}

/**
 * Starts a member of a group that lives until it is closed. When its session is lost, it releases its partitions: running handlers
 * end first, and then it joins again with a new session.
 */
export function startSubscription(options: SubscriptionOptions): Subscription {
  const { database, topics, subscribe, metrics, pollMs } = options;
  const { group } = subscribe;
  const { logger } = database;
  const closing = new AbortController();
  const readers = new Map<string, PartitionReader>();
  const wake = createGate();
  const delays = backOff();
  let isPaused = false;

  function onNotification(channel: string, payload: string): void {
    const concerns = channel === GROUPS_CHANNEL ? payload === group : topics.some(({ name }) => name === payload);
    if (concerns) wake.open();
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      let session: Session | undefined;
      try {
        session = await openSession({
          url: database.url,
          applicationName: 'marquee-event-log-member',
          channels: [RECORDS_CHANNEL, GROUPS_CHANNEL],
          onNotification,
          idleLimitMs: IDLE_LIMIT_MS,
        });
        await runMember(session);
      } catch (error) {
        const delayMs = delays.next();
        const entry = { group, delayMs, reason: messageOf(error) };
        if (isUnavailable(error)) logger.warn(entry, 'the event log is away; joining the group again');
        else logger.error({ ...entry, err: error }, 'membership in the group failed; joining it again');
        await stopReaders();
        await sleep(delayMs, closing.signal);
      } finally {
        await stopReaders();
        await session?.close();
      }
    }
  }

  async function runMember(session: Session): Promise<void> {
    const memberships = topics.map((topic) => ({ topic, membership: createMembership(session, group, topic) }));
    const releasing = new Set<string>();
    const signal = AbortSignal.any([closing.signal, session.lost]);
    for (const { membership } of memberships) await membership.join();
    delays.reset();

    while (!signal.aborted) {
      for (const { topic, membership } of memberships) {
        const { taken, surplus } = await membership.balance();
        for (const partition of taken) {
          const key = `${topic.name}/${partition}`;
          readers.set(key, startPartitionReader({ database, session, topic, partition, isPaused, subscribe, metrics }));
        }
        for (const partition of surplus) {
          const key = `${topic.name}/${partition}`;
          if (releasing.has(key)) continue;
          releasing.add(key);
          // The running handler may take long; other partitions continue meanwhile.
          void (async () => {
            await readers.get(key)?.stop();
            readers.delete(key);
            await membership.release(partition);
          })()
            .catch((error) => logger.debug({ err: error, partition: key }, 'the session ended with the partition'))
            .finally(() => releasing.delete(key));
        }
        if (taken.length + surplus.length > 0) {
          logger.info({ group, topic: topic.name, taken, givenUp: surplus }, 'the partitions of the member changed');
        }
      }
      await reportEnds(session);
      await wake.wait(signal, pollMs);
    }

    if (closing.signal.aborted) {
      await stopReaders();
      // Notifies the others before their next poll.
      await session.query('select pg_advisory_unlock_all(), pg_notify($1, $2)', [GROUPS_CHANNEL, group]);
    }
  }

  /** Reads the ends of the partitions; notifications only trigger it earlier. */
  async function reportEnds(session: Session): Promise<void> {
    const rows = await session.query<{ name: string; partition: number; end: string }>(
      `select t.name, p.partition, p.next_offset::text as "end"
       from event_log.partitions p join event_log.topics t on t.id = p.topic_id where t.id = any($1::integer[])`,
      [topics.map(({ id }) => id)],
    );
    for (const { name, partition, end } of rows) readers.get(`${name}/${partition}`)?.onEnd(BigInt(end));
  }

  async function stopReaders(): Promise<void> {
    await Promise.all([...readers.values()].map((reader) => reader.stop()));
    readers.clear();
  }

  const ended = run();
  return {
    pause() {
      isPaused = true;
      for (const reader of readers.values()) reader.pause();
    },
    resume() {
      isPaused = false;
      for (const reader of readers.values()) reader.resume();
    },
    close: () => {
      closing.abort();
      return ended;
    },
  };
}
