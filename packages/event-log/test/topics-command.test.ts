import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ALL_TOPICS } from '@marquee/events/all-topics';
import { freePort } from '@marquee/local-services/free-port';
import { testBroker } from '@marquee/local-services/kafka';
import kafkajs, { type Admin } from 'kafkajs';
import type { TopicChange } from '../src/kafka/topic-plan.ts';
import { unique } from './conformance/harness.ts';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;
const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function run(args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env }, timeout: 120_000 };
    execFile(process.execPath, [program, 'topics', ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('main.ts topics', { timeout: 300_000 }, () => {
  let admin: Admin;
  let broker: string;
  before(async () => {
    const { brokers } = await testBroker();
    broker = brokers.join(',');
    admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  after(() => admin.disconnect());

  /** Returns the environment of an installation that has no topics. */
  const newInstallation = () => ({ KAFKA_BROKERS: broker, KAFKA_TOPIC_PREFIX: `${unique('plan')}.` });

  async function settingsOf(name: string): Promise<Record<string, string>> {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name }],
    });
    return Object.fromEntries(resources[0]?.configEntries.map((each) => [each.configName, each.configValue]) ?? []);
  }

  it('plans and creates the topics of a new installation, and then finds no difference', async () => {
    const env = { ...newInstallation(), KAFKA_MIN_INSYNC_REPLICAS: '1', KAFKA_DELETE_RETENTION_MS: '604800000' };
    const plan = await run(['plan'], env);
    assert.equal(plan.code, 4, plan.stderr);
    assert.match(plan.stderr, /TOPICS_DIFFER/);
    assert.equal(plan.stdout.match(/^create {2}/gm)?.length, ALL_TOPICS.length);

    const applied = await run(['apply', '--json'], env);
    assert.equal(applied.code, 0, applied.stderr);
    const changes: TopicChange[] = JSON.parse(applied.stdout);
    assert.deepEqual(new Set(changes.map(({ action }) => action)), new Set(['create']));
    assert.deepEqual(await run(['plan', '--json'], env), { code: 0, stdout: '[]\n', stderr: '' });

    const topic = `${env.KAFKA_TOPIC_PREFIX}marquee.movies-changes.v1`;
    const { 'cleanup.policy': policy, 'delete.retention.ms': retention, ...others } = await settingsOf(topic);
    assert.deepEqual([policy, retention, others['min.compaction.lag.ms']], ['compact', '604800000', '86400000']);
  });

  it('changes a setting, and keeps those that an operator made', async () => {
    const env = newInstallation();
    assert.equal((await run(['apply'], env)).code, 0);
    const topic = `${env.KAFKA_TOPIC_PREFIX}marquee.movie-details.v1`;
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [
            { name: 'cleanup.policy', value: 'delete' },
            { name: 'segment.ms', value: '7200000' },
            { name: 'delete.retention.ms', value: '172800000' },
          ],
        },
      ],
    });
    const longer = { ...env, KAFKA_DELETE_RETENTION_MS: '100000000' };
    const { code, stdout } = await run(['apply', '--json'], longer);
    assert.equal(code, 0);
    const changes: TopicChange[] = JSON.parse(stdout);
    assert.deepEqual(
      changes
        .filter((change) => change.topic === topic)
        .map(({ action, property, from, to }) => [action, property, from, to]),
      [
        ['set', 'cleanup.policy', 'delete', 'compact'],
        ['keep', 'delete.retention.ms', '172800000', '100000000'],
      ],
    );
    const settings = await settingsOf(topic);
    assert.deepEqual(
      [settings['cleanup.policy'], settings['segment.ms'], settings['delete.retention.ms']],
      ['compact', '7200000', '172800000'],
    );
    const again = await run(['plan'], longer);
    assert.deepEqual(
      [again.code, again.stdout.split('  ')[0]],
      [0, 'keep'],
      'what is kept is shown, and is no difference',
    );
  });

  it('leaves partitions to an operator, and applies the rest', async () => {
    const env = newInstallation();
    const topic = `${env.KAFKA_TOPIC_PREFIX}marquee.movie-ratings.v1`;
    await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 1 }], waitForLeaders: true });
    const { code, stdout, stderr } = await run(['apply'], env);
    assert.equal(code, 1);
    assert.match(stdout, /^refuse {2}\S+movie-ratings\.v1 {2}partitions: 2 -> 6 {2}\(.*new topic version/m);
    assert.match(stderr, /1 are left to an operator/);
    assert.equal((await settingsOf(topic))['cleanup.policy'], 'compact');
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    assert.equal(topics[0]?.partitions.length, 2);
  });

  it('reports configuration and usage with exit code 2, and an absent cluster with 3', async () => {
    const env = newInstallation();
    for (const [args, settings, message] of [
      [
        ['plan'],
        { ...env, KAFKA_MIN_INSYNC_REPLICAS: '2' },
        /KAFKA_MIN_INSYNC_REPLICAS: is more than KAFKA_REPLICATION/,
      ],
      [
        ['plan'],
        { ...env, KAFKA_MIN_INSYNC_REPLICAS: '0', KAFKA_REPLICATION: 'x' },
        /KAFKA_REPLICATION: must[\s\S]*KAFKA_MIN_INSYNC/,
      ],
      [['plan'], { EVENT_LOG_URL: 'postgres://a/b' }, /KAFKA_BROKERS: is not set; only Kafka/],
      [['delete'], env, /There is no command .*topics delete/],
    ] as const) {
      const { code, stderr } = await run([...args], settings);
      assert.deepEqual([code, message.test(stderr)], [2, true], stderr);
    }
    const absent = await run(['plan'], { KAFKA_BROKERS: `127.0.0.1:${await freePort()}` });
    assert.equal(absent.code, 3, absent.stderr);
  });
});
