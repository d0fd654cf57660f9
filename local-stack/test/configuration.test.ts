import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from '../src/configuration.ts';

test('a port is only asked for where something of ours will listen', () => {
  const names = (env: Record<string, string>) => readConfiguration('/clone', env).ports.map(([variable]) => variable);
  assert.deepEqual(names({}), ['PORT', 'MOVIES_PORT', 'PEOPLE_PORT', 'RATINGS_PORT', 'EMULATOR_PORT', 'POSTGRES_PORT']);
  assert.deepEqual(names({ TMDB_TOKEN: 'token', DATABASE_URL: 'postgres://localhost/films' }), [
    'PORT',
    'MOVIES_PORT',
    'PEOPLE_PORT',
    'RATINGS_PORT',
  ]);
  assert.ok(!names({ TMDB_BASE_URL: 'http://localhost:1/3' }).includes('EMULATOR_PORT'));
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
