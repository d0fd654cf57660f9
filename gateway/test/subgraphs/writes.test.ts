import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WriteTracker } from '../../src/subgraphs/writes.ts';

test('there is no epoch during a write, and a new one after it', async () => {
  const writes = new WriteTracker();
  const before = writes.epoch;
  assert.notEqual(before, undefined);
  assert.equal(writes.epoch, before);
  await writes.begin();
  assert.equal(writes.epoch, undefined);
  await writes.begin();
  writes.end();
  assert.equal(writes.epoch, undefined);
  writes.end();
  assert.notEqual(writes.epoch, undefined);
  assert.notEqual(writes.epoch, before);
});

test('a write begins when the other processes have acknowledged it', async () => {
  const known = Promise.withResolvers<void>();
  let ended = 0;
  const writes = new WriteTracker({
    begin: () => known.promise,
    end: () => {
      ended += 1;
    },
  });
  let begun = false;
  const begin = writes.begin().then(() => {
    begun = true;
  });
  assert.equal(writes.epoch, undefined);
  await new Promise(setImmediate);
  assert.equal(begun, false);
  known.resolve();
  await begin;
  writes.end();
  assert.equal(ended, 1);
  assert.notEqual(writes.epoch, undefined);
});

test("other processes' writes end an epoch, even if they end before they are announced", () => {
  const writes = new WriteTracker();
  const before = writes.epoch;
  writes.setOthers(2);
  assert.equal(writes.epoch, undefined);
  writes.setOthers(0);
  const between = writes.epoch;
  assert.notEqual(between, before);
  writes.setOthers(0);
  assert.notEqual(writes.epoch, between);
});
