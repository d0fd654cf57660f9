import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tmdbAddress } from '../../src/infrastructure/tmdb-address.ts';

const EMULATOR = 'http://127.0.0.1:4010/3';

test('TMDB_BASE_URL comes first, then the real one for a token, then the emulator', () => {
  const all = { TMDB_BASE_URL: 'http://proxy.example/tmdb', TMDB_TOKEN: 'token', TMDB_EMULATOR_URL: EMULATOR };
  assert.deepEqual(tmdbAddress(all), { baseUrl: 'http://proxy.example/tmdb', token: 'token', isEmulator: false });
  const { TMDB_BASE_URL: _base, ...noBase } = all;
  assert.deepEqual(tmdbAddress(noBase), { baseUrl: 'https://api.themoviedb.org/3', token: 'token', isEmulator: false });
  assert.deepEqual(tmdbAddress({ TMDB_EMULATOR_URL: EMULATOR }), {
    baseUrl: EMULATOR,
    token: undefined,
    isEmulator: true,
  });
});

test('a base may have a path, or none, and a slash at its end', () => {
  const base = (url: string) => tmdbAddress({ TMDB_BASE_URL: url }).baseUrl;
  assert.equal(base('http://h.example:8080/a/3/'), 'http://h.example:8080/a/3');
  assert.equal(base('http://h.example/'), 'http://h.example');
  assert.equal(base('http://h.example'), 'http://h.example');
});

test('nothing set: one message that names what can be', () => {
  assert.throws(() => tmdbAddress({}), {
    code: 'INVALID_CONFIG',
    exitCode: 2,
    message: /TMDB_TOKEN.*TMDB_BASE_URL.*TMDB_EMULATOR_URL/,
  });
});

test('the real TMDb needs a token', () => {
  for (const host of ['api.themoviedb.org', 'api.tmdb.org', 'API.TMDB.ORG']) {
    assert.throws(() => tmdbAddress({ TMDB_BASE_URL: `https://${host}/3` }), {
      code: 'INVALID_CONFIG',
      message: /TMDB_TOKEN/,
    });
  }
});

test('whatever is not named as the emulator has limits to keep to', () => {
  for (const url of ['https://api.tmdb.org/3', 'http://proxy.example/3', 'http://127.0.0.1:4010/3']) {
    assert.equal(tmdbAddress({ TMDB_BASE_URL: url, TMDB_TOKEN: 'token' }).isEmulator, false);
  }
  assert.equal(tmdbAddress({ TMDB_BASE_URL: EMULATOR, TMDB_EMULATOR_URL: EMULATOR }).isEmulator, false);
});

test('an address that holds a secret is refused: it goes into every event', () => {
  for (const url of ['http://me:secret@h.example/3', 'http://h.example/3?api_key=secret']) {
    assert.throws(
      () => tmdbAddress({ TMDB_BASE_URL: url }),
      (error: Error) => !error.message.includes('secret') && 'code' in error && error.code === 'INVALID_CONFIG',
    );
  }
});
