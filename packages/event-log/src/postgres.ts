import { isUnavailable } from '@marquee/postgres/availability';
import type { Logger } from '@marquee/runtime/logger';
import type { Registry } from '@marquee/runtime/metrics';
import { sleep } from './back-off.ts';
import { countedPublish } from './counted-publish.ts';
import type { EventLog, Reader } from './event-log.ts';
import { closed } from './event-log-error.ts';
import { eventLogMetrics } from './event-log-metrics.ts';
import { keepReader } from './keep-reader.ts';
import { compactTopic } from './postgres/compaction.ts';
import { openDatabase } from './postgres/database.ts';
import { createPublisher } from './postgres/publisher.ts';
import { startSubscription } from './postgres/subscription.ts';
import { startTopicReader } from './postgres/topic-reader.ts';
import { createTopicRegistry, type Topic } from './postgres/topics.ts';

export interface PostgresEventLogOptions {
  /** Connection string of the runtime role, after `main.ts migrate`: a direct connection, or a pooler in session mode. */
  url: string;
  logger: Logger;
  metrics?: Registry;
  /** Milliseconds between polls for records and changes of the group without a notification. Default 1,000. */
  pollMs?: number;
  /** Milliseconds that a request waits for an unavailable database. Default 30,000. */
  waitMs?: number;
}

const CHECK_WAIT_MS = 4_000;
const COMPACTION_MS = 60_000;

const HAS_VALUE = `
  select value is not null as "hasValue" from event_log.records where topic_id = $1 and key = $2
  order by partition, "offset" desc limit 1`;

/** Creates an event log in a Postgres database, which connects at its first use. */
export function createPostgresEventLog(options: PostgresEventLogOptions): EventLog {
  const { logger, pollMs = 1_000 } = options;
  const metrics = eventLogMetrics(options.metrics);
  const database = openDatabase(options.url, logger, options.waitMs);
  const topics = createTopicRegistry(database);
  const publisher = createPublisher(database, topics);
  const readers = new Set<Reader>();
  const read = new Map<string, Topic>();
  const closing = new AbortController();
  let compaction: Promise<void> | undefined;
  let end: Promise<void> | undefined;

  /** Compacts topics periodically. Every member of a group of a topic does; a lock admits one at a time. */
  async function compactNowAndThen(): Promise<void> {
    for (;;) {
      await sleep(COMPACTION_MS, closing.signal);
      if (closing.signal.aborted) return;
      for (const topic of read.values()) {
        try {
          await compactTopic(database, topic);
        } catch (error) {
          if (!isUnavailable(error)) logger.error({ err: error, topic: topic.name }, 'compaction failed');
        }
      }
    }
  }

  return {
    system: 'postgresql',

    createTopics: (definitions) => topics.create(definitions),

    publish: countedPublish(publisher, metrics),

    subscribe: async (subscribe) => {
      const found: Topic[] = [];
      for (const name of subscribe.topics) found.push(await topics.find(name));
      if (closing.signal.aborted) throw closed();
      for (const topic of found) read.set(topic.name, topic);
      compaction ??= compactNowAndThen();
      return keepReader(readers, startSubscription({ database, topics: found, subscribe, metrics, pollMs }));
    },

    read: async (options) => {
      const topic = await topics.find(options.topic);
      if (closing.signal.aborted) throw closed();
      return keepReader(readers, startTopicReader({ database, topics, topic, read: options, metrics, pollMs }));
    },

    endOffsets: async (topic) => {
      const bounds = await topics.bounds(topic);
      return new Map([...bounds].map(([partition, { end: next }]) => [partition, next]));
    },

    holds: async (name, key) => {
      const topic = await topics.find(name);
      const { rows } = await database.retrying(() =>
        database.pool.query<{ hasValue: boolean }>(HAS_VALUE, [topic.id, key]),
      );
      return rows[0]?.hasValue ?? false;
    },

    check: () =>
      database.retrying(
        async () => void (await database.pool.query('select from event_log.topics limit 1')),
        CHECK_WAIT_MS,
      ),

    close: () => {
      end ??= (async () => {
        closing.abort();
        await Promise.all([...readers].map((reader) => reader.close()));
        await publisher.close();
        await compaction;
        await database.pool.end();
      })();
      return end;
    },
  };
}
