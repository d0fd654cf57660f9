import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooDeep, MAX_JSON_DEPTH } from '../src/json-depth.ts';

const nested = (open: string, levels: number, close: string): unknown =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);

test('values are too deep from one level more than is allowed, whatever the levels are', () => {
  assert.equal(isTooDeep(nested('[', MAX_JSON_DEPTH, ']')), false);
  assert.equal(isTooDeep(nested('[', MAX_JSON_DEPTH + 1, ']')), true);
  assert.equal(isTooDeep(nested('{"a":', MAX_JSON_DEPTH, '}')), false);
  assert.equal(isTooDeep(nested('{"a":', MAX_JSON_DEPTH + 1, '}')), true);
  assert.equal(isTooDeep([1, { a: nested('[{"b":', 100_000, '}]') }]), true);
});

test('values that are flat are not too deep, however wide they are', () => {
  for (const value of [null, undefined, 1, 'text', Array.from({ length: 100_000 }, () => [])]) {
    assert.equal(isTooDeep(value), false);
  }
});
