import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SUBGRAPHS } from '@marquee/events/all-topics';
import { CHANGE_TOPICS } from '@marquee/events/change-topics';
import { consumedTopics } from '@marquee/events/consumed-topics';
import { SERVICE_ACCESS, type ServiceAccess } from '@marquee/events/service-access';
import { deadLetterTopic } from '@marquee/events/topic';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { type SecureBroker, startSecureBroker } from '@marquee/local-services/secure-kafka';
import { loadConfig } from '@marquee/runtime/config';
import { createContext } from '@marquee/runtime/process';
import kafkajs, { type Admin } from 'kafkajs';
import { z } from 'zod';
import { createEventLog, eventLogFields } from '../../src/configuration.ts';
import type { EventLog } from '../../src/event-log.ts';
import type { AclChange } from '../../src/kafka/kafkajs/acl-administration.ts';
import { numbered, until } from '../conformance/harness.ts';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CLIENTS = ['kafkajs', 'platformatic'];
const FORBIDDEN = { code: 'EVENT_LOG_FORBIDDEN' };

describe('Kafka with TLS, SCRAM and ACLs', { timeout: 400_000 }, () => {
  let broker: SecureBroker;
  before(async () => {
    broker = await startSecureBroker(SERVICE_ACCESS.map(({ service }) => `kafka-${service}`));
  });
  after(() => broker?.remove());

  function environmentOf(user: string, overrides: Record<string, string> = {}): Record<string, string> {
    return {
      KAFKA_BROKERS: broker.brokers.join(),
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: broker.authorityFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: user,
      KAFKA_SASL_PASSWORD: broker.passwords.get(user) ?? '',
      ...overrides,
    };
  }

  /** Runs a command of main.ts as the administrator. */
  function run(...args: string[]) {
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const options = { env: { PATH: process.env.PATH ?? '', ...environmentOf('admin') }, timeout: 120_000 };
      execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      });
    });
  }

  /** Runs with the event log of a user. */
  async function as<T>(
    user: string,
    use: (log: EventLog) => Promise<T>,
    overrides?: Record<string, string>,
  ): Promise<T> {
    const ctx = createContext('test', 'silent');
    try {
      return await use(await createEventLog(loadConfig(z.object(eventLogFields), environmentOf(user, overrides)), ctx));
    } finally {
      await ctx.stop();
    }
  }

  /** Runs with an admin client of a user. */
  async function withAdmin(user: string, use: (admin: Admin) => Promise<unknown>): Promise<void> {
    const kafka = new kafkajs.Kafka({
      brokers: broker.brokers,
      logLevel: kafkajs.logLevel.NOTHING,
      ssl: { ca: [readFileSync(broker.authorityFile, 'utf8')] },
      sasl: { mechanism: 'scram-sha-512', username: user, password: broker.passwords.get(user) ?? '' },
    });
    const admin = kafka.admin();
    await admin.connect();
    await use(admin).finally(() => admin.disconnect());
  }

  /** Resolves when a member of the group has read a record of the topic. */
  async function readOne(log: EventLog, group: string, topic: string): Promise<void> {
    let records = 0;
    const subscription = await log.subscribe({
      group,
      topics: [topic],
      handle: async (batch) => {
        records += batch.records.length;
      },
    });
    await until(() => records > 0, `a record of ${topic}`, 60_000);
    await subscription.close();
  }

  for (const KAFKA_CLIENT of CLIENTS) {
    it(`refuses a wrong password, an unknown authority, and a client without TLS or login, with ${KAFKA_CLIENT}`, async () => {
      const connects = (overrides: Record<string, string>) =>
        as('admin', (log) => log.check(), { ...overrides, KAFKA_CLIENT });
      await connects({});
      await assert.rejects(connects({ KAFKA_SASL_PASSWORD: 'wrong' }), { code: 'EVENT_LOG_AUTH_FAILED', exitCode: 2 });
      await assert.rejects(connects({ KAFKA_SASL_MECHANISM: 'scram-sha-256' }), { code: 'EVENT_LOG_AUTH_FAILED' });
      await assert.rejects(connects({ KAFKA_TLS_CA_FILE: '' }), {
        code: 'EVENT_LOG_UNREACHABLE',
        message: /certificate/,
      });
      await assert.rejects(connects({ KAFKA_TLS: '', KAFKA_TLS_CA_FILE: '' }), { code: 'EVENT_LOG_UNREACHABLE' });
    });
  }

  it('allows a service nothing before its ACLs exist', async () => {
    await as('kafka-movies', async (log) => {
      await assert.rejects(log.createTopics(consumedTopics('movies')), FORBIDDEN);
    });
  });

  it('plans and creates ACLs', async () => {
    const plan = await run('acls', 'plan', '--json');
    assert.equal(plan.code, 4, plan.stderr);
    const planned: AclChange[] = JSON.parse(plan.stdout);
    const operations = SERVICE_ACCESS.flatMap(({ grants }) => grants.flatMap((grant) => grant.operations));
    assert.equal(planned.length, operations.length);
    const applied = await run('acls', 'apply', '--json');
    assert.deepEqual([applied.code, JSON.parse(applied.stdout)], [0, planned], applied.stderr);
    assert.deepEqual(await run('acls', 'plan', '--json'), { code: 0, stdout: '[]\n', stderr: '' });
  });

  for (const KAFKA_CLIENT of CLIENTS) {
    for (const subgraph of SUBGRAPHS) {
      it(`lets ${subgraph} do its work with ${KAFKA_CLIENT}`, async () => {
        const own = CHANGE_TOPICS.filter(({ source }) => source === subgraph);
        const work = async (log: EventLog) => {
          const consumed = consumedTopics(subgraph);
          const letters = deadLetterTopic(subgraph);
          await log.createTopics([...consumed, ...own, letters]);
          // A second start compares the settings of the topics.
          await log.createTopics([...consumed, ...own, letters]);
          for (const { name } of [...own, letters]) await log.publish(name, numbered(0, 1));
          for (const { name } of consumed) {
            await log.publish(name, numbered(0, 1)); // as a replay of dead letters does
            await readOne(log, `marquee.${subgraph}`, name);
          }
          await readOne(log, `${letters.name}.reader-1`, letters.name);
          for (const { name } of own) {
            let records = 0;
            const reader = await log.read({
              name: `marquee.${subgraph}-subscriptions`,
              topic: name,
              position: (_, { first }) => first,
              handle: (batch) => {
                records += batch.records.length;
              },
            });
            await until(() => records > 0, `a change of ${subgraph}`, 60_000);
            await reader.close();
          }
        };
        await as(`kafka-${subgraph}`, work, { KAFKA_CLIENT });
      });
    }
  }

  it('lets ingest do its work', async () => {
    await as('kafka-ingest', async (log) => {
      await log.createTopics(OBSERVATION_TOPICS);
      for (const { name } of OBSERVATION_TOPICS) await log.publish(name, numbered(0, 1));
      await readOne(log, 'marquee.ingest-1', 'marquee.movie-details.v1');
    });
  });

  it('lets the lag be read, and no record', async () => {
    const [topic] = consumedTopics('movies');
    assert.ok(topic);
    await as('kafka-keda', async (log) => {
      assert.equal((await log.endOffsets(topic.name)).size, topic.partitions);
      await assert.rejects(log.publish(topic.name, numbered(0, 1)), FORBIDDEN);
    });
    await withAdmin('kafka-keda', async (admin) => {
      const offsets = await admin.fetchOffsets({ groupId: 'marquee.movies', topics: [topic.name] });
      assert.ok(offsets[0]?.partitions.some(({ offset }) => offset !== '-1'));
    });
  });

  for (const subgraph of SUBGRAPHS) {
    it(`refuses ${subgraph} the groups of others`, async () => {
      await withAdmin(`kafka-${subgraph}`, async (admin) => {
        await admin.fetchOffsets({ groupId: `marquee.${subgraph}` });
        const others = [...SUBGRAPHS.filter((name) => name !== subgraph), `${subgraph}2`, 'ingest-1'];
        for (const other of others) {
          // kafkajs' error for a coordinator that the broker does not name to the user.
          const refused = { name: 'KafkaJSGroupCoordinatorNotFound' };
          await assert.rejects(admin.fetchOffsets({ groupId: `marquee.${other}` }), refused, other);
        }
      });
    });
  }

  /** Topics that a service has no grant for. */
  const foreignTopics = ({ grants }: ServiceAccess) => {
    const own = new Set(grants.map(({ name }) => name));
    return [...OBSERVATION_TOPICS, ...CHANGE_TOPICS, ...SUBGRAPHS.map(deadLetterTopic)].filter(
      ({ name }) => !own.has(name),
    );
  };

  for (const KAFKA_CLIENT of CLIENTS) {
    for (const access of SERVICE_ACCESS.filter(({ service }) => service !== 'keda')) {
      it(`refuses ${access.service} everything else with ${KAFKA_CLIENT}`, async () => {
        const foreign = foreignTopics(access);
        assert.ok(foreign.length > 0);
        const work = async (log: EventLog) => {
          for (const { name } of foreign) {
            await assert.rejects(log.publish(name, numbered(0, 1)), FORBIDDEN, `${access.service} writes ${name}`);
            await assert.rejects(
              log.subscribe({ group: `marquee.${access.service}-1`, topics: [name], handle: async () => {} }),
              FORBIDDEN,
              `${access.service} reads ${name}`,
            );
          }
          await assert.rejects(
            log.createTopics([{ name: 'marquee.other.v1', partitions: 1, compacted: true }]),
            FORBIDDEN,
          );
        };
        await as(`kafka-${access.service}`, work, { KAFKA_CLIENT });
      });
    }
  }

  it('reports an ACL that no service needs, and leaves it to an operator', async () => {
    const excess = {
      principal: 'User:kafka-movies',
      host: '*',
      resourceType: kafkajs.AclResourceTypes.TOPIC,
      resourceName: 'marquee.movie-credits.v1',
      resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
      operation: kafkajs.AclOperationTypes.WRITE,
      permissionType: kafkajs.AclPermissionTypes.ALLOW,
    };
    await withAdmin('admin', (admin) => admin.createAcls({ acl: [excess] }));
    const plan = await run('acls', 'plan');
    assert.equal(plan.code, 4);
    assert.equal(
      plan.stdout,
      'refuse  User:kafka-movies  Write topic marquee.movie-credits.v1 (literal)  (not needed: kafka-acls.sh --remove)\n',
    );
    const applied = await run('acls', 'apply');
    assert.deepEqual([applied.code, applied.stdout], [1, plan.stdout], applied.stderr);
  });
});
