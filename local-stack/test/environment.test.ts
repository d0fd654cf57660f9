import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from '../src/configuration.ts';
import { schemaUrls } from '../src/database.ts';
import { baseEnvironment, eventLogEnvironment, tmdbEnvironment } from '../src/environment.ts';

test('a part gets nothing that is meant for another', () => {
  const env = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    LOG_LEVEL: 'debug',
    PORT: '1',
    MOVIES_PORT: '2',
    DATABASE_URL: 'postgres://admin@db/movies',
    KAFKA_SASL_PASSWORD: 'secret',
    TMDB_TOKEN: 'secret',
    npm_config_cache: '/x',
    AUTH_SECRET_FILE: '/secret',
    SUBGRAPH_SIGNING_KEYS: 'secret',
  };
  assert.deepEqual(baseEnvironment(env), { PATH: '/bin', HTTPS_PROXY: 'http://proxy', LOG_LEVEL: 'debug' });
});

test('what bounds the connections of a process is passed on', () => {
  const bounds = { DATABASE_POOL_SIZE: '25' };
  assert.deepEqual(
    baseEnvironment({ ...bounds, DATABASE_URL: 'postgres://a@db/movies', DATABASE_SCHEMA: 'x' }),
    bounds,
  );
});

test('events go through Kafka with all its settings, or through Postgres', () => {
  const urls = schemaUrls('postgres://admin:a@db:5432/movies', 'event_log', {
    event_log_runtime: 'r',
    event_log_owner: 'o',
  });
  assert.deepEqual(urls, {
    admin: 'postgres://admin:a@db:5432/movies',
    owner: 'postgres://event_log_owner:o@db:5432/movies',
    runtime: 'postgres://event_log_runtime:r@db:5432/movies',
  });
  assert.deepEqual(eventLogEnvironment(readConfiguration('/', {}, []), {}, urls), { EVENT_LOG_URL: urls.runtime });
  const env = { KAFKA_BROKERS: 'kafka:9092', KAFKA_TLS: 'true', PATH: '/bin' };
  assert.deepEqual(eventLogEnvironment(readConfiguration('/', env, []), env, urls), {
    KAFKA_BROKERS: 'kafka:9092',
    KAFKA_TLS: 'true',
  });
});

test('movies come from the emulator only when no TMDb is named', () => {
  const emulator = 'http://127.0.0.1:4010/3';
  assert.deepEqual(tmdbEnvironment(readConfiguration('/', {}, []), emulator), { TMDB_EMULATOR_URL: emulator });
  const token = tmdbEnvironment(readConfiguration('/', { TMDB_TOKEN: 't' }, []), emulator);
  assert.equal(token.TMDB_TOKEN, 't');
  assert.equal(token.TMDB_EMULATOR_URL, undefined);
});
