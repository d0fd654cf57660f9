import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heightOf, layOutTitle } from '../../src/poster/title-layout.ts';

const BOX = { width: 172, height: 84, maxSize: 58 };

test('every word of a title has its place in the box', () => {
  for (const title of ['Up', 'The Lord of the Rings: The Return of the King', '千と千尋の神隠し', 'WALL·E', '8½']) {
    const lines = layOutTitle(title, BOX);
    assert.equal(lines.map(({ text }) => text).join(' '), title.toLocaleUpperCase());
    assert.ok(heightOf(lines) <= BOX.height + 0.1, title);
    assert.ok(
      lines.every(({ width, size }) => width <= BOX.width + 0.1 && size <= BOX.maxSize && size > 0),
      title,
    );
  }
});

test('a long title is cut', () => {
  const lines = layOutTitle('word '.repeat(100), BOX);
  assert.ok(heightOf(lines) <= BOX.height + 0.1);
  const words = lines.flatMap(({ text }) => text.split(' '));
  assert.ok(words.length <= 11);
  assert.equal(words.at(-1), 'WORD…');
});

test('a title without words has no lines', () => {
  assert.deepEqual(layOutTitle('  ', BOX), []);
});
