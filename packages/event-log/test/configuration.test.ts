import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from '@marquee/local-services/free-port';
import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { loadConfig } from '@marquee/runtime/config';
import { createContext } from '@marquee/runtime/process';
import { z } from 'zod';
import { createEventLog, eventLogFields } from '../src/configuration.ts';
import { numbered, unique } from './conformance/harness.ts';
import { prepareDatabase } from './postgres-fixture.ts';

const load = (env: Record<string, string>) => loadConfig(z.object(eventLogFields), env);
const open = (env: Record<string, string>) => createEventLog(load(env), createContext('test', 'silent'));

describe('createEventLog', () => {
  let server: TestDatabase;
  let folder: string;
  before(async () => {
    server = await testDatabase();
    folder = await mkdtemp(path.join(os.tmpdir(), 'event-log-'));
  });
  after(async () => {
    await server.drop();
    await rm(folder, { recursive: true });
  });

  it('opens the Postgres event log, and closes it with the process', async () => {
    const { url } = await prepareDatabase(server.adminUrl);
    const ctx = createContext('test', 'silent');
    const log = await createEventLog(load({ EVENT_LOG_URL: url }), ctx);
    const topic = unique('topic');
    await log.createTopics([{ name: topic, partitions: 1, compacted: false }]);
    await log.publish(topic, numbered(0, 1));
    await ctx.stop();
    await assert.rejects(log.publish(topic, numbered(0, 1)), { code: 'EVENT_LOG_CLOSED' });
  });

  it('loads the Kafka client that is configured, and none for Postgres', async () => {
    const { url } = await prepareDatabase(server.adminUrl);
    const program = path.resolve(import.meta.dirname, 'loaded-modules-program.ts');
    const loadedClients = async (env: Record<string, string>) => {
      const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
      // The CommonJS modules that are loaded; @platformatic/kafka shows by one of its dependencies.
      return ['kafkajs', 'fastq'].filter((name) => stdout.includes(`node_modules/${name}/`));
    };
    const KAFKA_BROKERS = `127.0.0.1:${await freePort()}`;
    assert.deepEqual(await loadedClients({ EVENT_LOG_URL: url }), []);
    assert.deepEqual(await loadedClients({ KAFKA_BROKERS }), ['kafkajs']);
    assert.deepEqual(await loadedClients({ KAFKA_BROKERS, KAFKA_CLIENT: 'platformatic' }), ['fastq']);
  });

  it('says that the database has not been prepared', async () => {
    const empty = await testDatabase();
    await assert.rejects(open({ EVENT_LOG_URL: empty.adminUrl }), {
      code: 'EVENT_LOG_NOT_MIGRATED',
      exitCode: 2,
      message: /main\.ts migrate/,
    });
    await empty.drop();
  });

  it('says that nothing answers, without the password', async () => {
    const port = await freePort();
    for (const env of [
      { KAFKA_BROKERS: `127.0.0.1:${port}` },
      { EVENT_LOG_URL: `postgres://me:secret@127.0.0.1:${port}/log` },
    ]) {
      await assert.rejects(open(env as Record<string, string>), (error: Error & { code: string; exitCode: number }) => {
        assert.deepEqual([error.code, error.exitCode], ['EVENT_LOG_UNREACHABLE', 3]);
        assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`));
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    }
  });

  it('asks for exactly one of the two', async () => {
    const invalid = { code: 'INVALID_CONFIG', exitCode: 2 };
    await assert.rejects(open({}), { ...invalid, message: /KAFKA_BROKERS.*EVENT_LOG_URL/ });
    await assert.rejects(open({ KAFKA_BROKERS: 'a:1', EVENT_LOG_URL: 'postgres://b/c' }), {
      ...invalid,
      message: /both set/,
    });
  });

  it('lists what belongs together and is not set, and files that cannot be read', async () => {
    const broker = { KAFKA_BROKERS: '127.0.0.1:9' };
    await assert.rejects(open({ ...broker, KAFKA_TLS_CERT_FILE: 'c.pem', KAFKA_SASL_MECHANISM: 'plain' }), {
      message:
        /KAFKA_TLS_CERT_FILE: has no effect[\s\S]*KAFKA_TLS_KEY_FILE[\s\S]*KAFKA_SASL_USERNAME[\s\S]*KAFKA_SASL_PASSWORD/,
    });
    await assert.rejects(open({ ...broker, KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: path.join(folder, 'none.pem') }), {
      code: 'INVALID_CONFIG',
      message: /KAFKA_TLS_CA_FILE: cannot be read \(ENOENT/,
    });
    assert.throws(
      () =>
        load({
          ...broker,
          KAFKA_CLIENT: 'other',
          KAFKA_SASL_MECHANISM: 'magic',
          KAFKA_REPLICATION: '0',
          EVENT_LOG_URL: 'http://x',
        }),
      {
        message:
          /KAFKA_CLIENT: must be kafkajs or platformatic[\s\S]*KAFKA_REPLICATION[\s\S]*KAFKA_SASL_MECHANISM[\s\S]*EVENT_LOG_URL/,
      },
    );
  });

  for (const KAFKA_CLIENT of ['kafkajs', 'platformatic']) {
    it(`speaks TLS to the broker when it is told to, and only then, with ${KAFKA_CLIENT}`, async () => {
      // A TLS record begins with its type, 22 for a handshake (RFC 8446, 5.1).
      assert.deepEqual(await firstBytes({ KAFKA_CLIENT, KAFKA_TLS: 'true' }), new Set([22]));
      assert.deepEqual(await firstBytes({ KAFKA_CLIENT }), new Set([0]));
    });
  }
});

/** The first bytes of the connections to a broker that hangs up upon them. */
async function firstBytes(env: Record<string, string>): Promise<Set<number | undefined>> {
  const first = new Set<number | undefined>();
  const listener = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      first.add(bytes[0]);
      socket.destroy();
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    const KAFKA_BROKERS = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    await assert.rejects(open({ KAFKA_BROKERS, ...env }), { code: 'EVENT_LOG_UNREACHABLE' });
  } finally {
    listener.close();
  }
  return first;
}
