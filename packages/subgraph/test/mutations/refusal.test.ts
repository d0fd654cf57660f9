import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idempotencyKeyFaults, invalid, notFound } from '../../src/mutations/refusal.ts';

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

test('a refusal has at most 100 faults, and messages of at most 1,000 characters', () => {
  const fault = { path: ['input', 'genreIds'], message: 'Name one that is known.', code: 'UNKNOWN_GENRE' };
  for (const [count, counted] of [
    [1, 'one value'],
    [2, '2 values'],
    [100, '100 values'],
    [101, 'more than 100 values'],
    [85_000, 'more than 100 values'],
  ] as const) {
    const { faults, message } = invalid(Array.from({ length: count }, () => fault));
    assert.equal(faults.length, Math.min(count, 100));
    assert.deepEqual(faults[0], fault);
    assert.ok(message.startsWith(`Nothing was changed: ${counted} cannot be taken.`), message);
  }
  for (const text of ['x', '🎬', 'No genre ', '\n']) {
    const [quoting] = invalid([{ ...fault, message: `No genre ${text.repeat(60_000)} is known.` }]).faults;
    for (const message of [quoting?.message ?? '', notFound('movie', text.repeat(60_000), ['id']).message]) {
      assert.ok(message.length > 900 && message.length <= 1_000 && message.isWellFormed(), `${message.length}`);
    }
  }
});
