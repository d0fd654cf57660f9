import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idempotencyKeyFaults } from '../../src/mutations/refusal.ts';

test('a key has 1 to 255 printable ASCII characters; none is none', () => {
  for (const key of [undefined, null, 'a', '7c1f0c3e-3c0e-7cc4-8b42-6f2f1e0f4d11', 'x'.repeat(255)]) {
    assert.deepEqual(idempotencyKeyFaults(key), []);
  }
  for (const key of ['', 'x'.repeat(256), 'a\nb', 'ключ', 'a\0']) {
    assert.deepEqual(
      idempotencyKeyFaults(key).map(({ path, code }) => ({ path, code })),
      [{ path: ['idempotencyKey'], code: 'INVALID_IDEMPOTENCY_KEY' }],
    );
  }
});
