import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { loadConfig } from '@marquee/runtime/config';
import { z } from 'zod';
import { acceptedKeys, trustFields } from '../src/trust.ts';

const keys = (env: Record<string, string>) => acceptedKeys(loadConfig(z.object(trustFields), env));
const SUBGRAPH_SIGNING_KEYS = `k:${randomBytes(32).toString('base64url')}`;

test('a subgraph that has keys uses them, in development too', () => {
  for (const env of [{}, { NODE_ENV: 'development' }, { SUBGRAPH_TRUST: 'on' }]) {
    assert.deepEqual(
      keys({ ...env, SUBGRAPH_SIGNING_KEYS }).map(({ id }) => id),
      ['k'],
    );
  }
});

test('keys may be missing in development, or where that is asked for', () => {
  assert.deepEqual(keys({ NODE_ENV: 'development' }), []);
  assert.deepEqual(keys({ SUBGRAPH_TRUST: 'off' }), []);
  assert.deepEqual(keys({ SUBGRAPH_TRUST: 'off', NODE_ENV: 'production' }), []);
});

test('keys that are missing elsewhere, or that contradict, are a mistake', () => {
  for (const env of [
    {},
    { NODE_ENV: 'production' },
    { NODE_ENV: 'test' },
    { NODE_ENV: 'development', SUBGRAPH_TRUST: 'on' },
  ]) {
    assert.throws(() => keys(env), {
      code: 'INVALID_CONFIG',
      exitCode: 2,
      message: /SUBGRAPH_SIGNING_KEYS: is not set/,
    });
  }
  assert.throws(() => keys({ SUBGRAPH_TRUST: 'off', SUBGRAPH_SIGNING_KEYS }), {
    message: /while there are signing keys/,
  });
  assert.throws(() => keys({ SUBGRAPH_TRUST: 'maybe' }), { message: /SUBGRAPH_TRUST: must be on or off/ });
});
