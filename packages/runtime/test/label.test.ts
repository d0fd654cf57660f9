import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf } from '../src/label.ts';

test('names within 100 characters are labels, and longer ones are other', () => {
  for (const name of ['', 'Movies', 'x'.repeat(100)]) assert.equal(labelOf(name), name);
  for (const name of ['x'.repeat(101), '🎬'.repeat(51), 'y'.repeat(250_000)]) assert.equal(labelOf(name), 'other');
});
