import assert from 'node:assert/strict';
import { it } from 'node:test';
import { seededRandom } from '../src/random.ts';

it('makes the same choices of the same seed, others of another, and all of them', () => {
  const choices = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 1_000 }, () => random.below(10));
  };
  assert.deepEqual(choices(1), choices(1));
  assert.notDeepEqual(choices(1), choices(2));
  assert.deepEqual(
    [...new Set(choices(1))].sort(),
    Array.from({ length: 10 }, (_, n) => n),
  );
  assert.equal(seededRandom(3).one(['only']), 'only');
});
