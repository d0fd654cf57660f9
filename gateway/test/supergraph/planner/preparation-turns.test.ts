import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as iteration } from 'node:timers/promises';
import { PreparationTurns } from '../../../src/supergraph/planner/preparation-turns.ts';

function started(maxWaiting = 100) {
  const waiting = { count: 0 };
  const turns = new PreparationTurns({
    maxWaiting,
    onWaiting: (change) => (waiting.count += change),
    rejection: () => new Error('refused'),
  });
  return { turns, waiting };
}

/** Counts iterations of the event loop until it is stopped. */
function iterations() {
  const counter = { count: 0, isRunning: true };
  void (async () => {
    for (; counter.isRunning; counter.count += 1) await iteration();
  })();
  return counter;
}

function busyFor(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

/** The iterations of the event loop in which so many turns begin, each of which takes so long. */
async function iterationsOfTurns(turns: PreparationTurns, length: number, milliseconds: number): Promise<number[]> {
  const loop = iterations();
  const begin = () =>
    turns.begin().then(() => {
      busyFor(milliseconds);
      return loop.count;
    });
  const begun = await Promise.all(Array.from({ length }, begin));
  loop.isRunning = false;
  return begun;
}

test('the event loop goes on between two turns that take long, however many wait', async () => {
  const begun = await iterationsOfTurns(started().turns, 20, 5);
  assert.equal(new Set(begun).size, 20);
});

test('short turns share an iteration, but not all of them', async () => {
  const begun = await iterationsOfTurns(started().turns, 100, 0.5);
  const count = new Set(begun).size;
  assert.ok(count > 10 && count < 90, `${count} iterations`);
});

test('turns have iterations of their own again as soon as they take long', async () => {
  const { turns } = started();
  await iterationsOfTurns(turns, 20, 0);
  await iterationsOfTurns(turns, 2, 10);
  const begun = await iterationsOfTurns(turns, 10, 10);
  assert.equal(new Set(begun).size, 10);
});

/** Iterations of the event loop between a turn that takes 50 ms and the next one. */
async function iterationsAfterLongTurn(turns: PreparationTurns): Promise<number> {
  const loop = iterations();
  const first = turns.begin().then(() => {
    busyFor(50);
    return loop.count;
  });
  const second = turns.begin().then(() => loop.count);
  const passed = (await second) - (await first);
  loop.isRunning = false;
  return passed;
}

test('there is a pause after a turn that takes long, while known operations come', async () => {
  const { turns } = started();
  turns.noteCacheHit();
  const passed = await iterationsAfterLongTurn(turns);
  assert.ok(passed > 10, `${passed} iterations`);
});

test('there is no pause where no known operation came', async () => {
  const { turns } = started();
  const passed = await iterationsAfterLongTurn(turns);
  assert.ok(passed <= 3, `${passed} iterations`);
});

test('what has begun is finished before anything else begins', async () => {
  const { turns } = started();
  const order: string[] = [];
  const first = turns.begin().then(() => {
    order.push('first');
    return turns.resume().then(() => order.push('first again'));
  });
  const others = ['second', 'third'].map((name) => turns.begin().then(() => order.push(name)));
  await Promise.all([first, ...others]);
  assert.deepEqual(order, ['first', 'first again', 'second', 'third']);
});

test('more than may wait are refused, and what has begun is not', async () => {
  const { turns, waiting } = started(2);
  const begun = [turns.begin(), turns.begin()];
  await assert.rejects(turns.begin(), /refused/);
  const resumed = Array.from({ length: 5 }, () => turns.resume());
  assert.equal(waiting.count, 2);
  await Promise.all([...begun, ...resumed]);
  assert.equal(waiting.count, 0);
  await turns.begin();
});
