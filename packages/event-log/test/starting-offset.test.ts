import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startingOffset } from '../src/starting-offset.ts';
import { testLogger } from './postgres-fixture.ts';

describe('startingOffset', () => {
  const start = (wanted: bigint) =>
    startingOffset(wanted, { first: 5n, end: 9n }, { group: 'g', topic: 't', partition: 3 }, testLogger());

  it('is the one that is asked for, from the first record to the end', () => {
    assert.deepEqual([5n, 7n, 9n].map(start), [5n, 7n, 9n]);
  });

  it('is the first record left when the one asked for was deleted', () => {
    assert.equal(start(0n), 5n);
  });

  it('is refused beyond the end, with everything that tells where', () => {
    assert.throws(() => start(10n), {
      code: 'POSITION_BEYOND_END',
      message: /Group "g" has read t\/3 up to offset 10, but its end is 9/,
    });
  });
});
