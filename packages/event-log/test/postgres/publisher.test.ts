import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { createPostgresEventLog } from '../../src/postgres.ts';
import { Bench, type Harness, numbered, range, record, until } from '../conformance/harness.ts';
import { prepareDatabase, testLogger } from '../postgres-fixture.ts';

describe('the Postgres publisher', () => {
  let server: TestDatabase;
  let pool: Pool;
  let url: string;
  let harness: Harness;
  before(async () => {
    server = await testDatabase();
    ({ url } = await prepareDatabase(server.adminUrl));
    harness = { open: (options) => createPostgresEventLog({ url, logger: testLogger(), ...options }) };
    pool = createPool({ url: server.adminUrl, schema: 'event_log', applicationName: 'test', max: 2 });
  });
  after(async () => {
    await pool.end();
    await server.drop();
  });

  it('shows the offsets of a partition in their order while many publish to all partitions', async () => {
    await using bench = new Bench(harness);
    await using other = new Bench(harness);
    const topic = await bench.topic(3);
    let isPublishing = true;
    let looks = 0;
    const looking = (async () => {
      const seen = new Map<number, number>();
      while (isPublishing) {
        const { rows } = await pool.query<{ partition: number; records: number; next: number }>(
          `select p.partition, p.next_offset as next, (select count(*) from event_log.records r
             where r.topic_id = p.topic_id and r.partition = p.partition) as records
           from event_log.partitions p join event_log.topics t on t.id = p.topic_id where t.name = $1`,
          [topic],
        );
        for (const { partition, records, next } of rows) {
          assert.equal(records, next, 'no offset is missing below the end');
          assert.ok(next >= (seen.get(partition) ?? 0));
          seen.set(partition, next);
        }
        looks++;
      }
    })();
    await Promise.all(
      range(0, 8).map(async (caller) => {
        const { log } = caller % 2 ? bench : other;
        for (const n of range(0, 20)) {
          const records = range(0, 6).map((k) => record(`key-${k}`, `${caller}/${n}`));
          await log.publish(topic, caller % 3 ? records : records.reverse());
        }
      }),
    );
    isPublishing = false;
    await looking;
    assert.ok(looks > 5, `looked ${looks} times`);
    const ends = [...(await bench.log.endOffsets(topic)).values()];
    assert.equal(
      ends.reduce((sum, end) => sum + end, 0n),
      960n,
    );
  });

  it('publishes once when the connection breaks between the commit and its answer', async () => {
    const proxy = await commitEatingProxy(url);
    await using direct = new Bench(harness);
    const topic = await direct.topic(1);
    const log = createPostgresEventLog({ url: proxy.url, logger: testLogger(), waitMs: 10_000 });
    await log.publish(topic, numbered(0, 1));
    proxy.eat();
    await log.publish(topic, numbered(1, 3));
    assert.equal(proxy.eaten(), 1, 'one answer was lost');
    await log.publish(topic, numbered(3, 4));
    const reader = await direct.subscribe({ topic });
    await until(() => reader.records.length >= 4, 'all records');
    assert.deepEqual(reader.values, ['0', '1', '2', '3']);
    assert.equal((await log.endOffsets(topic)).get(0), 4n);
    await log.close();
    proxy.close();
  });

  it('keeps out the others of a call when one of its records is refused', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(1);
    const withLongKey = [...numbered(0, 2), record('k'.repeat(3_000), 'x')];
    await assert.rejects(bench.log.publish(topic, withLongKey), { code: 'RECORD_TOO_LARGE' });
    assert.equal((await bench.log.endOffsets(topic)).get(0), 0n);
  });
});

/** Passes everything on, but when asked to, breaks a connection just after it has sent its commit to the server. */
async function commitEatingProxy(url: string) {
  const target = new URL(url);
  let isEating = false;
  let eaten = 0;
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    let isCut = false;
    client.on('data', (bytes) => {
      upstream.write(bytes);
      // A simple query message: Q, its length, the text, a zero byte.
      if (!isEating || !bytes.includes(Buffer.from('commit\0'))) return;
      isEating = false;
      isCut = true;
      eaten++;
    });
    upstream.on('data', (bytes) => {
      if (isCut) client.destroy();
      else client.write(bytes);
    });
    for (const [socket, peer] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('close', () => peer.destroy());
      socket.on('error', () => peer.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(url);
  own.port = String((server.address() as AddressInfo).port);
  return {
    url: own.href,
    eat: () => {
      isEating = true;
    },
    eaten: () => eaten,
    close: () => server.close(),
  };
}
