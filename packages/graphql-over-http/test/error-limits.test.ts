import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutMessage, errorsText, MAX_ERRORS } from '../src/error-limits.ts';

const errorOf = (message: string, extensions: Record<string, unknown> = { code: 'A_CODE' }) => ({
  message,
  extensions,
});
const parsed = (errors: Parameters<typeof errorsText>[0]) =>
  JSON.parse(errorsText(errors)) as { message: string; path?: unknown; extensions: { code: string } }[];

test('errors within the limits stand as they are', () => {
  const errors = [{ ...errorOf('one'), path: ['a', 0] }, errorOf('two', { code: 'B', more: { deep: [1] } })];
  assert.deepEqual(parsed(errors), errors);
  assert.equal(errorsText([]), '[]');
});

test('messages are cut to 1,000 characters, and not within a character', () => {
  for (const text of ['x', 'Did you mean ', '🎬', 'é']) {
    const cut = cutMessage(text.repeat(100_000));
    assert.ok(cut.length <= 1_000 && cut.isWellFormed() && cut.endsWith('…'), cut.slice(-5));
  }
  assert.equal(cutMessage('x'.repeat(1_000)), 'x'.repeat(1_000));
});

test('errors beyond their number or their length are left out, and the last one says so', () => {
  const tables: [number, string][] = [
    [MAX_ERRORS + 1, 'x'],
    [50_000, 'x'],
    [900, 'x'.repeat(900)],
    [900, '\u0000'.repeat(900)],
  ];
  for (const [count, message] of tables) {
    const errors = parsed(Array.from({ length: count }, () => errorOf(message)));
    assert.ok(errors.length <= MAX_ERRORS + 1 && JSON.stringify(errors).length < 270_000);
    assert.equal(errors.at(-1)?.extensions.code, 'TOO_MANY_ERRORS');
    assert.equal(errors.filter(({ extensions }) => extensions.code === 'TOO_MANY_ERRORS').length, 1);
  }
  assert.equal(parsed(Array.from({ length: MAX_ERRORS }, () => errorOf('x'))).length, MAX_ERRORS);
});

test('errors that are left out are not formatted', () => {
  let formatted = 0;
  errorsText(
    Array.from({ length: 5_000 }, () => errorOf('x')),
    (error) => {
      formatted += 1;
      return error;
    },
  );
  assert.equal(formatted, MAX_ERRORS);
});

test('an error that is too long keeps its message and its code', () => {
  const path = Array.from({ length: 10_000 }, (_, index) => index);
  for (const error of [{ ...errorOf('x'), path }, errorOf('x', { code: 'A_CODE', rest: 'y'.repeat(20_000) })]) {
    assert.deepEqual(parsed([error]), [errorOf('x')]);
  }
  assert.equal(parsed([errorOf('x', { code: 'y'.repeat(100_000) })])[0]?.extensions.code.length, 100);
});
