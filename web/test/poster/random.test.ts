import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePalette } from '../../src/poster/palettes.ts';
import { seededRandom } from '../../src/poster/random.ts';

const numbers = (seed: string) => Array.from({ length: 5 }, seededRandom(seed));

test('a seed gives the same numbers, from 0 to 1, and another seed gives others', () => {
  assert.deepEqual(numbers('The Matrix'), numbers('The Matrix'));
  assert.notDeepEqual(numbers('The Matrix'), numbers('Up'));
  assert.ok(numbers('Up').every((number) => number >= 0 && number < 1));
});

test('the palette follows the genre', () => {
  const grounds = (genre: string | undefined) =>
    new Set(Array.from({ length: 50 }, (_, seed) => choosePalette(seededRandom(String(seed)), genre).ground));
  assert.ok(grounds('Horror').size > 1);
  assert.ok([...grounds('Horror')].every((ground) => !grounds('Comedy').has(ground)));
  assert.deepEqual(grounds('Unknown genre'), grounds(undefined));
});

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test('the lettering has a contrast of 7:1', () => {
  const genres = [
    'Action',
    'Animation',
    'Crime',
    'Drama',
    'Fantasy',
    'Horror',
    'Romance',
    'Science Fiction',
    'Western',
  ];
  for (const genre of genres) {
    for (let seed = 0; seed < 20; seed++) {
      const { ground, ink } = choosePalette(seededRandom(String(seed)), genre);
      const [dark = 0, light = 0] = [luminance(ground), luminance(ink)].sort((a, b) => a - b);
      assert.ok((light + 0.05) / (dark + 0.05) >= 7, `${genre}: ${ink} on ${ground}`);
    }
  }
});
