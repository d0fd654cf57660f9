import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { commaList, flag, integer, loadConfig, port, postgresUrl, serviceFields } from '../src/config.ts';
import { MarqueeError } from '../src/errors.ts';

const schema = z.object({
  ...serviceFields,
  PORT: port(4001),
  DATABASE_URL: postgresUrl(),
  KAFKA_BROKERS: commaList().optional(),
  KAFKA_TLS: flag(false),
  POOL: integer({ min: 1, max: 100, default: 10 }),
});

test('defaults fill what is unset or empty', () => {
  const config = loadConfig(schema, { DATABASE_URL: 'postgres://u:p@db/movies', PORT: '' });
  assert.deepEqual(config, {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    PORT: 4001,
    DATABASE_URL: 'postgres://u:p@db/movies',
    KAFKA_TLS: false,
    POOL: 10,
  });
});

test('texts become what they mean', () => {
  const env = {
    DATABASE_URL: 'postgresql://db',
    KAFKA_BROKERS: 'a:9092, b:9092',
    KAFKA_TLS: 'on',
    POOL: '3',
    PORT: '0',
  };
  const config = loadConfig(schema, env);
  assert.deepEqual(config.KAFKA_BROKERS, ['a:9092', 'b:9092']);
  assert.equal(config.KAFKA_TLS, true);
  assert.equal(config.POOL, 3);
  assert.equal(config.PORT, 0);
});

test('every mistake is told at once, by variable, with exit code 2', () => {
  assert.throws(
    () =>
      loadConfig(schema, { PORT: '70000', KAFKA_TLS: 'perhaps', POOL: '1.5', LOG_LEVEL: 'loud', KAFKA_BROKERS: ' ,' }),
    (error) => {
      assert.ok(error instanceof MarqueeError);
      assert.equal(error.code, 'INVALID_CONFIG');
      assert.equal(error.exitCode, 2);
      assert.deepEqual(error.message.split('\n').sort(), [
        '  DATABASE_URL: is not set',
        '  KAFKA_BROKERS: must name at least one value',
        '  KAFKA_TLS: must be true or false',
        '  LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent',
        '  POOL: must be a whole number from 1 to 100',
        '  PORT: must be a whole number from 0 to 65535',
        'The configuration has mistakes:',
      ]);
      return true;
    },
  );
});

test('a URL of another protocol is refused', () => {
  assert.throws(
    () => loadConfig(schema, { DATABASE_URL: 'mysql://db' }),
    /DATABASE_URL: must be a URL that starts with postgres:\/\//,
  );
});

test('a variable may be a file, whose line breaks at the end are dropped', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-config-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'url');
  await writeFile(file, 'postgres://u:p@db/movies\n');
  assert.equal(loadConfig(schema, { DATABASE_URL_FILE: file }).DATABASE_URL, 'postgres://u:p@db/movies');

  const mistakesOf = (env: Record<string, string>) => {
    try {
      loadConfig(schema, env);
    } catch (error) {
      assert.ok(error instanceof MarqueeError);
      assert.equal(error.exitCode, 2);
      return error.message;
    }
    return '';
  };
  assert.match(
    mistakesOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://db' }),
    /DATABASE_URL_FILE: is set, and/,
  );
  const missing = mistakesOf({ DATABASE_URL_FILE: path.join(folder, 'missing'), POOL: 'many' });
  assert.match(missing, /DATABASE_URL_FILE: cannot be read/);
  assert.match(missing, /POOL: must be a whole number/);
  assert.doesNotMatch(missing, /DATABASE_URL: is not set/);
  await writeFile(file, '\n');
  assert.match(mistakesOf({ DATABASE_URL_FILE: file }), /is empty/);
});

test('a variable that ends in _FILE itself is no file of another', () => {
  const own = z.object({ KEYS: z.string().optional(), KEYS_FILE: z.string().optional() });
  assert.deepEqual(loadConfig(own, { KEYS_FILE: '/nowhere' }), { KEYS_FILE: '/nowhere' });
});
