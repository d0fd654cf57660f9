import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration as read } from '../src/configuration.ts';

const SUBGRAPHS = [
  { name: 'movies', port: 4001 },
  { name: 'people', port: 4002 },
];
const readConfiguration = (root: string, env: Record<string, string>) => read(root, env, SUBGRAPHS);

test('a port is only asked for where something of ours will listen', () => {
  const names = (env: Record<string, string>) => readConfiguration('/clone', env).ports.map(([variable]) => variable);
  assert.deepEqual(names({}), ['PORT', 'MOVIES_PORT', 'PEOPLE_PORT', 'EMULATOR_PORT', 'INGEST_PORT', 'POSTGRES_PORT']);
  assert.deepEqual(names({ TMDB_TOKEN: 'token', DATABASE_URL: 'postgres://localhost/movies' }), [
    'PORT',
    'MOVIES_PORT',
    'PEOPLE_PORT',
    'INGEST_PORT',
  ]);
  assert.ok(!names({ STACK_MOVIES: '0' }).includes('INGEST_PORT'));
  assert.ok(!names({ TMDB_BASE_URL: 'http://localhost:1/3' }).includes('EMULATOR_PORT'));
});

test('a subgraph listens at the port of the registry, unless its variable sets another one', () => {
  assert.deepEqual(readConfiguration('/clone', { PEOPLE_PORT: '4102' }).subgraphs, [
    { name: 'movies', port: 4001 },
    { name: 'people', port: 4102 },
  ]);
});

test('the folder of the state is relative to the root, unless it is absolute', () => {
  assert.equal(readConfiguration('/clone', {}).stateDir, '/clone/.marquee');
  assert.equal(readConfiguration('/clone', { MARQUEE_STATE_DIR: '/var/state' }).stateDir, '/var/state');
});

test('two parts cannot share a port, and none can have a random one', () => {
  assert.throws(() => readConfiguration('/', { MOVIES_PORT: '4000', PEOPLE_PORT: '0' }), {
    code: 'INVALID_CONFIG',
    exitCode: 2,
    message: /MOVIES_PORT: is 4000, as PORT is.*\n.*PEOPLE_PORT: must be/,
  });
});
