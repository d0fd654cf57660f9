import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { EventLog, LogRecord, OutgoingRecord } from '@marquee/event-log/event-log';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { decodeChange } from '@marquee/events/change-codec';
import { CHANGE_TOPICS } from '@marquee/events/change-topics';
import { decodeEvent } from '@marquee/events/codec';
import { schemaValidation } from '@marquee/events/data';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { testBroker } from '@marquee/local-services/kafka';
import { createLogger } from '@marquee/runtime/logger';
import { type Schema, type Size, sampleOf, withLaterProperty } from './sample-documents.ts';

const SIZES: readonly Size[] = ['smallest', 'largest'];
const TOPICS = [...OBSERVATION_TOPICS, ...CHANGE_TOPICS];

function readSchemas(folder: 'schemas' | 'released'): ReadonlyMap<string, Schema> {
  const url = new URL(`../../packages/events/${folder}/`, import.meta.url);
  const files = readdirSync(url).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => {
      const schema: Schema & { $id: string } = JSON.parse(readFileSync(new URL(file, url), 'utf8'));
      return [schema.$id, schema];
    }),
  );
}

const released = readSchemas('released');
const current = readSchemas('schemas');
const next = new Map([...current].map(([id, schema]) => [id, withLaterProperty(schema)]));

/** Topics of which the last release has events. */
const releasedTopics = TOPICS.filter(({ dataSchema }) => released.has(dataSchema));

interface Published {
  readonly topic: (typeof TOPICS)[number];
  readonly data: unknown;
  readonly record: OutgoingRecord;
}

/** Returns the records that a producer with these schemas publishes: the headers are the contract of every version. */
function published(schemas: ReadonlyMap<string, Schema>, topics: readonly (typeof TOPICS)[number][]): Published[] {
  return topics.flatMap((topic) =>
    SIZES.map((size) => {
      const data = sampleOf(schemas, topic.dataSchema, size) as Record<string, string | number>;
      const json = JSON.stringify(data);
      assert.equal(
        schemaValidation([...schemas.values()], 'reject')(topic.dataSchema, structuredClone(data), json),
        undefined,
      );
      const isChange = 'source' in topic;
      const subject = isChange ? `${data.entity}:${data.id}` : String(data.movieId ?? data.personId);
      const headers = {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: randomUUID(),
        ce_type: isChange ? topic.types[data.change as 'created' | 'updated'] : topic.observedType,
        ce_source: 'https://api.themoviedb.org/3',
        ce_subject: subject,
        ce_time: '2026-03-01T10:20:30.456Z',
        ce_dataschema: topic.dataSchema,
        ...(isChange && {
          ce_entityid: String(data.id),
          ce_entityversion: String(data.version),
          ce_cachetags: JSON.stringify(data.tags),
        }),
      };
      return { topic, data, record: { key: Buffer.from(subject), value: Buffer.from(json), headers } };
    }),
  );
}

describe('events of one version and consumers of another', { timeout: 300_000 }, () => {
  let log: EventLog;
  before(async () => {
    const { brokers } = await testBroker();
    log = createKafkaEventLog({ brokers, clientId: 'test', replication: 1, logger: createLogger('test', 'silent') });
  });
  after(() => log.close());

  /** Publishes records through the broker, and returns them as consumers get them. */
  async function throughBroker(
    records: readonly Published[],
  ): Promise<readonly (Published & { received: LogRecord })[]> {
    const topic = `evolution-${randomUUID()}`;
    await log.createTopics([{ name: topic, partitions: 1, compacted: false }]);
    await log.publish(
      topic,
      records.map(({ record }) => record),
    );
    const received: LogRecord[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const subscription = await log.subscribe({
      group: topic,
      topics: [topic],
      handle: async ({ records: batch }) => {
        received.push(...batch);
        if (received.length >= records.length) resolve();
      },
    });
    const timer = setTimeout(
      () => reject(new Error(`received ${received.length} of ${records.length} records`)),
      60_000,
    );
    await promise.finally(() => clearTimeout(timer));
    await subscription.close();
    return records.map((each, index) => ({
      ...each,
      received: { ...(received[index] as LogRecord), topic: each.topic.name },
    }));
  }

  /** Returns what the present consumers read of a record. */
  function read({ topic, received }: { topic: Published['topic']; received: LogRecord }): unknown {
    if ('source' in topic) {
      const decoded = decodeChange(received);
      assert.ok(decoded.ok, `${topic.name}: ${JSON.stringify(decoded)}`);
      const { entity, entityId: id, version, change, tags, facts } = decoded.change;
      return { entity, id, version, change, tags, ...facts };
    }
    const decoded = decodeEvent(received);
    assert.ok(decoded.ok && decoded.event.kind === 'observed', `${topic.name}: ${JSON.stringify(decoded)}`);
    return decoded.event.data;
  }

  it('reads events of the released schemas, as stored events are', async () => {
    assert.ok(releasedTopics.length > 0);
    for (const each of await throughBroker(published(released, releasedTopics))) {
      assert.deepEqual(read(each), each.data, each.topic.name);
    }
  });

  it('publishes events that consumers of the release read', async () => {
    const invalidity = schemaValidation([...released.values()], 'remove');
    for (const { topic, received } of await throughBroker(published(current, releasedTopics))) {
      const json = String(received.value);
      assert.equal(invalidity(topic.dataSchema, JSON.parse(json), json), undefined, topic.name);
    }
  });

  it('reads events with later properties, without them', async () => {
    const [later, known] = [published(next, TOPICS), published(current, TOPICS)];
    const received = await throughBroker(later);
    for (const [index, each] of received.entries()) {
      assert.deepEqual(read(each), known[index]?.data, each.topic.name);
    }
    const withLater = later.filter(({ record }) => String(record.value).includes('"later"'));
    assert.ok(withLater.length >= TOPICS.length, `${withLater.length} records have a later property`);
  });
});
