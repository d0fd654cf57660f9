import assert from 'node:assert/strict';
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
