import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cancellation } from '../../src/subgraphs/cancellation.ts';

function waitedForBy(...waiters: (Cancellation | undefined)[]): Cancellation {
  const work = new Cancellation();
  for (const waiter of waiters) work.addWaiter(waiter);
  return work;
}

test('work is cancelled once, with its last waiter', () => {
  const [one, other] = [new Cancellation(), new Cancellation()];
  const work = waitedForBy(one, other, other);
  let stopped = 0;
  work.work = {
    stop: () => {
      stopped += 1;
    },
  };
  one.cancel();
  one.cancel();
  assert.equal(work.isCancelled, false);
  other.cancel();
  assert.equal(work.isCancelled, true);
  assert.equal(stopped, 1);
});

test('a cancelled execution cancels the fetches without other waiters', () => {
  const [client, otherClient] = [new Cancellation(), new Cancellation()];
  const execution = waitedForBy(client);
  const [own, shared] = [waitedForBy(execution), waitedForBy(execution, waitedForBy(otherClient))];
  client.cancel();
  assert.deepEqual(
    [execution, own, shared].map(({ isCancelled }) => isCancelled),
    [true, true, false],
  );
  otherClient.cancel();
  assert.equal(shared.isCancelled, true);
});

test('work is not cancelled while a waiter cannot be cancelled', () => {
  const client = new Cancellation();
  const work = waitedForBy(client, undefined);
  client.cancel();
  assert.equal(work.isCancelled, false);
});

test('a cancelled waiter does not count', () => {
  const client = new Cancellation();
  client.cancel();
  assert.equal(waitedForBy(client).isCancelled, true);
  assert.equal(waitedForBy(new Cancellation(), client).isCancelled, false);
});
