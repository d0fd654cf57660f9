import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { EventLog, LogRecord } from '@marquee/event-log/event-log';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { prepareEventLog } from '@marquee/event-log/postgres/prepare';
import { decodeEvent } from '@marquee/events/codec';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { testDatabase } from '@marquee/local-services/test-database';
import { createLogger } from '@marquee/runtime/logger';

export interface TestEventLog {
  readonly eventLog: EventLog;
  /** Connection string of the runtime role. */
  readonly url: string;
  /** Returns all records of all topics, in the order of each partition. */
  records(): Promise<LogRecord[]>;
  /** Returns all events of all topics. Throws on an invalid record. */
  events(): Promise<ReturnType<typeof decoded>[]>;
}

/** Creates an event log in a new database of a real Postgres, with ingest's topics, until the test ends. */
export async function testEventLog(t: TestContext): Promise<TestEventLog> {
  const database = await testDatabase();
  const [ownerUrl, url] = [database.urlOf('owner'), database.urlOf('runtime')];
  const logger = createLogger('test', 'silent');
  await prepareEventLog({ adminUrl: database.adminUrl, ownerUrl, runtimeUrl: url }, logger);
  const eventLog = createPostgresEventLog({ url, logger, pollMs: 50 });
  await eventLog.createTopics(OBSERVATION_TOPICS);
  t.after(async () => {
    await eventLog.close();
    await database.drop();
  });
  const records = () => readAll(eventLog);
  return { eventLog, url, records, events: async () => (await records()).map(decoded) };
}

async function readAll(eventLog: EventLog): Promise<LogRecord[]> {
  let missing = 0;
  for (const { name } of OBSERVATION_TOPICS) {
    for (const end of (await eventLog.endOffsets(name)).values()) missing += Number(end);
  }
  const records: LogRecord[] = [];
  if (missing === 0) return records;
  const all = Promise.withResolvers<void>();
  const subscription = await eventLog.subscribe({
    group: `test-${randomBytes(6).toString('hex')}`,
    topics: OBSERVATION_TOPICS.map(({ name }) => name),
    handle: async (batch) => {
      records.push(...batch.records);
      if (records.length >= missing) all.resolve();
    },
  });
  await all.promise;
  await subscription.close();
  return records;
}

function decoded(record: LogRecord) {
  const result = decodeEvent(record);
  if (!result.ok) throw new Error(`${record.topic}: ${result.code}: ${result.reason}`);
  return result.event;
}
