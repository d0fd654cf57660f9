import { openSession, type Session } from '@marquee/postgres/session';
import type { SubscribeOptions, Subscription } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import { createGate } from '../gate.ts';
import { type Signs, supervise } from '../supervise.ts';
import { type EventLogDatabase, toReaderError } from './database.ts';
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
 * Starts a member of a group, until it is closed or has crashed too often. When its session is lost, it releases its partitions: running
 * handlers end first, and then it joins again with a new session.
 */
export function startSubscription(options: SubscriptionOptions): Subscription {
  const { database, topics, subscribe, metrics, pollMs } = options;
  const { group } = subscribe;
  const { logger } = database;
  const closing = new AbortController();
  const readers = new Map<string, PartitionReader>();
  const wake = createGate();
  let isPaused = false;
  /** The time of the next comparison of partitions with the member's share; 0 after a change of the group. */
  let balanceAt = 0;
  let isMember = false;

  function onNotification(channel: string, payload: string): void {
    const isOfGroup = channel === GROUPS_CHANNEL && payload === group;
    if (isOfGroup) balanceAt = 0;
    if (isOfGroup || topics.some(({ name }) => name === payload)) wake.open();
  }

  async function run(signs: Signs): Promise<void> {
    const session = await openSession({
      url: database.url,
      applicationName: 'marquee-event-log-member',
      channels: [RECORDS_CHANNEL, GROUPS_CHANNEL],
      onNotification,
      idleLimitMs: IDLE_LIMIT_MS,
    });
    try {
      await runMember(session, signs);
    } finally {
      isMember = false;
      await stopReaders();
      await session.close();
    }
  }

  async function runMember(session: Session, signs: Signs): Promise<void> {
    const memberships = topics.map((topic) => ({ topic, membership: createMembership(session, group, topic) }));
    const releasing = new Set<string>();
    const signal = AbortSignal.any([closing.signal, session.lost]);
    for (const { membership } of memberships) await membership.join();
    isMember = true;
    signs.connected();

    async function balance(): Promise<void> {
      balanceAt = Date.now() + pollMs;
      for (const { topic, membership } of memberships) {
        const { taken, surplus } = await membership.balance();
        for (const partition of taken) {
          const key = `${topic.name}/${partition}`;
          const onProgress = signs.progressed;
          const options = { database, session, topic, partition, isPaused, subscribe, metrics, onProgress };
          readers.set(key, startPartitionReader(options));
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
    }

    balanceAt = 0;
    while (!signal.aborted) {
      if (Date.now() >= balanceAt) await balance();
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

  const ended = supervise({
    name: `the consumer of group "${group}"`,
    logger,
    closing: closing.signal,
    run,
    toError: (reason) => toReaderError(reason, database),
  });
  return {
    ended,
    positions: () => (isMember ? [...readers.values()].map(({ position }) => position) : undefined),
    pause() {
      isPaused = true;
      for (const reader of readers.values()) reader.pause();
    },
    resume() {
      isPaused = false;
      for (const reader of readers.values()) reader.resume();
    },
    close: async () => {
      closing.abort();
      await ended;
    },
  };
}
