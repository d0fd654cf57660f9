import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { EventLog } from '@marquee/event-log/event-log';
import { deadLetterTopic } from '@marquee/events/topic';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { freePort } from '@marquee/local-services/free-port';
import { toDeadLetter } from '../src/dead-letter.ts';
import { preparedDatabase, silent } from './fixtures/database.ts';
import { openLog } from './fixtures/log-place.ts';
import { minute, observed, TOPIC } from './fixtures/ratings.ts';

describe('main.ts dead-letters', { timeout: 120_000 }, () => {
  let database: Awaited<ReturnType<typeof preparedDatabase>>;
  let eventLog: EventLog;
  before(async () => {
    database = await preparedDatabase();
    eventLog = openLog({ kind: 'postgres', url: database.eventLogUrl }, silent);
    await eventLog.createTopics([MOVIE_RATINGS, deadLetterTopic('ratings'), deadLetterTopic('movies')]);
  });
  after(async () => {
    await eventLog.close();
    await database.drop();
  });

  async function run(args: readonly string[], env: Record<string, string> = { EVENT_LOG_URL: database.eventLogUrl }) {
    const { KAFKA_BROKERS, ...others } = process.env;
    const child = spawn(process.execPath, [`${import.meta.dirname}/../src/main.ts`, ...args], {
      env: { ...others, ...env },
    });
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { out, err, code };
  }

  const original = observed('603', 1, 5);
  const value = Buffer.from([0xff, 0xfe, 0x00]);
  async function putAside(): Promise<void> {
    const record = { topic: TOPIC, partition: 3, timestamp: minute(0) };
    await eventLog.publish(deadLetterTopic('ratings').name, [
      toDeadLetter(
        { ...record, ...original, value, offset: 7n },
        { code: 'NOT_JSON', reason: 'the value is not UTF-8 text' },
      ),
      toDeadLetter(
        { ...record, ...original, value: null, offset: 8n },
        { code: 'MISSING_DATA', reason: 'must come with a value' },
      ),
      toDeadLetter({ ...record, ...original, key: null, offset: 9n }, { code: 'KEY_MISMATCH', reason: 'no key' }),
    ]);
  }

  test('list shows nothing when there is nothing', async () => {
    assert.deepEqual(await run(['dead-letters', 'list', '--subgraph', 'movies', '--json']), {
      out: '[]\n',
      err: '',
      code: 0,
    });
  });

  test('list shows each letter once, however often it was published', async () => {
    await putAside();
    await putAside();
    const { out, err, code } = await run(['dead-letters', 'list', '--subgraph', 'ratings']);
    assert.deepEqual({ err, code }, { err: '', code: 0 });
    assert.equal(out.trimEnd().split('\n').length, 3);
    assert.match(out, /^marquee\.movie-ratings\.v1\/3\/7 {2}NOT_JSON {2}3 bytes {2}the value is not UTF-8 text$/m);

    const json = JSON.parse((await run(['dead-letters', 'list', '--subgraph', 'ratings', '--json'])).out);
    assert.deepEqual(json[0], {
      id: `${TOPIC}/3/7`,
      topic: TOPIC,
      partition: 3,
      offset: '7',
      code: 'NOT_JSON',
      reason: 'the value is not UTF-8 text',
      key: Buffer.from('603').toString('base64'),
      value: value.toString('base64'),
      headers: original.headers,
    });
    assert.equal(json[1].value, null);
  });

  test('replay sends back the bytes and headers as they were, and says what it could not', async () => {
    const result = await run(['dead-letters', 'replay', '--subgraph', 'ratings', '--json']);
    assert.equal(result.code, 1);
    assert.deepEqual(JSON.parse(result.out).replayed, [`${TOPIC}/3/7`, `${TOPIC}/3/8`]);
    assert.match(result.err, /movie-ratings\.v1\/3\/9: the record has no key/);

    const received = Promise.withResolvers<unknown[]>();
    const records: unknown[] = [];
    const subscription = await eventLog.subscribe({
      group: 'look',
      topics: [TOPIC],
      handle: async (batch) => {
        records.push(
          ...batch.records.map((record) => ({ key: record.key, value: record.value, headers: record.headers })),
        );
        if (records.length >= 2) received.resolve(records);
      },
    });
    assert.deepEqual(await received.promise, [
      { ...original, value },
      { ...original, value: null },
    ]);
    await subscription.close();

    const left = JSON.parse((await run(['dead-letters', 'list', '--subgraph', 'ratings', '--json'])).out);
    assert.deepEqual(
      left.map((letter: { offset: string }) => letter.offset),
      ['9'],
    );
    const unknown = await run(['dead-letters', 'replay', '--subgraph', 'ratings', 'nowhere/0/1']);
    assert.deepEqual([unknown.code, unknown.out], [1, 'replayed 0, failed 1\n']);
  });

  test('discard takes letters off the list, and none when one is unknown', async () => {
    const discard = (...ids: string[]) => run(['dead-letters', 'discard', '--subgraph', 'ratings', ...ids]);
    const ids = async () => {
      const { out } = await run(['dead-letters', 'list', '--subgraph', 'ratings', '--json']);
      return JSON.parse(out).map(({ id }: { id: string }) => id);
    };
    const unknown = await discard(`${TOPIC}/3/9`, 'nowhere/0/1');
    assert.deepEqual([unknown.code, unknown.out], [2, '']);
    assert.match(unknown.err, /no dead letters nowhere\/0\/1; nothing was discarded/);
    assert.deepEqual(await ids(), [`${TOPIC}/3/9`]);
    assert.deepEqual(await discard(`${TOPIC}/3/9`), { out: 'discarded 1\n', err: '', code: 0 });
    assert.deepEqual(await ids(), []);
  });

  test('says what is wrong with the arguments, and exits 2', async () => {
    for (const [args, message] of [
      [[], /Usage/],
      [['dead-letters', 'list'], /required option '--subgraph <name>' not specified/],
      [['dead-letters', 'lost', '--subgraph', 'x'], /unknown command 'lost'/],
      [['dead-letters', 'list', '--subgraph', 'x', '--colour'], /unknown option '--colour'/],
    ] as const) {
      const { code, err } = await run(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, message);
    }
    const { code, err } = await run(['dead-letters', 'list', '--subgraph', 'x'], {});
    assert.equal(code, 2);
    assert.match(err, /KAFKA_BROKERS is not set, nor is EVENT_LOG_URL/);
  });

  test('a subgraph that never consumed is named as unknown', async () => {
    const { code, err } = await run(['dead-letters', 'list', '--subgraph', 'nobody']);
    assert.equal(code, 2);
    assert.match(err, /no dead letters of a subgraph "nobody"/);
  });

  test('an event log that is not there exits 3', async () => {
    const url = `postgres://a:s3cret@127.0.0.1:${await freePort()}/b`;
    const { code, err } = await run(['dead-letters', 'list', '--subgraph', 'ratings'], { EVENT_LOG_URL: url });
    assert.equal(code, 3);
    assert.match(err, /does not answer/);
    assert.doesNotMatch(err, /s3cret/);
  });

  test('--help explains itself', async () => {
    const { code, out } = await run(['dead-letters', 'replay', '--help']);
    assert.equal(code, 0);
    for (const part of ['--subgraph <name>', '--json', 'KAFKA_BROKERS', 'Exit codes'])
      assert.ok(out.includes(part), part);
  });
});
