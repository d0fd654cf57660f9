import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { movieRank } from '../../src/domain/movie-rank.ts';

describe('movieRank', () => {
  it("puts the movies first that were added last: those of clients by their time, then TMDb's by number", () => {
    const later = '019aab00-0000-7000-8000-000000000000';
    const earlier = '019aaa00-0000-7000-bfff-ffffffffffff';
    const ids = ['603', earlier, 'no number', '1430000', later, '0', '9'];
    const sorted = ids.toSorted((a, b) => movieRank(a) - movieRank(b));
    assert.deepEqual(sorted.slice(0, 5), [later, earlier, '1430000', '603', '9']);
    assert.deepEqual(new Set(sorted.slice(5)), new Set(['no number', '0']));
  });

  it('is a whole number that a double holds, for any id', () => {
    for (const id of [
      '0',
      '999999999999999',
      '9'.repeat(64),
      'ffffffff-ffff-7fff-8fff-ffffffffffff',
      '',
      '-5',
      '1e3',
    ]) {
      const rank = movieRank(id);
      assert.ok(Number.isSafeInteger(rank) && !Object.is(rank, -0), `${id}: ${rank}`);
    }
  });
});
