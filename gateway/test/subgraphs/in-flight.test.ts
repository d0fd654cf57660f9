import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cancellation } from '../../src/subgraphs/cancellation.ts';
import { InFlight } from '../../src/subgraphs/in-flight.ts';

test('equal work of one epoch is joined until it ends', async () => {
  const inFlight = new InFlight<number, undefined>();
  const work = Promise.withResolvers<number>();
  const result = inFlight.add('a', 1, work.promise, undefined, new Cancellation());
  assert.equal(inFlight.find('a', 1)?.result, result);
  assert.equal(inFlight.find('a', 2), undefined);
  assert.equal(inFlight.find('b', 1), undefined);
  work.resolve(7);
  assert.equal(await result, 7);
  assert.equal(inFlight.find('a', 1), undefined);
});

test('the end of older work leaves newer work of the same key', async () => {
  const inFlight = new InFlight<number, undefined>();
  const [older, newer] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const first = inFlight.add('a', 1, older.promise, undefined, new Cancellation());
  const second = inFlight.add('a', 2, newer.promise, undefined, new Cancellation());
  older.reject(new Error('it failed'));
  await assert.rejects(first, /it failed/);
  assert.equal(inFlight.find('a', 2)?.result, second);
  newer.resolve(2);
  assert.equal(await second, 2);
  assert.equal(inFlight.find('a', 2), undefined);
});

test('cancelled work is not joined, and its end leaves newer work of the same key', async () => {
  const inFlight = new InFlight<number, undefined>();
  const [cancelled, begun] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const cancellation = new Cancellation();
  const first = inFlight.add('a', 1, cancelled.promise, undefined, cancellation);
  cancellation.cancel();
  assert.equal(inFlight.find('a', 1), undefined);
  const second = inFlight.add('a', 1, begun.promise, undefined, new Cancellation());
  cancelled.resolve(1);
  await first;
  assert.equal(inFlight.find('a', 1)?.result, second);
});
