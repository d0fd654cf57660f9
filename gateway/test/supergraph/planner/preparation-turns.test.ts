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

/** Returns the iterations of the event loop in which a number of turns of a duration begin. */
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

test('the event loop runs between two long turns, however many wait', async () => {
  const begun = await iterationsOfTurns(started().turns, 20, 5);
  assert.equal(new Set(begun).size, 20);
});

test('some short turns share an iteration', async () => {
  const begun = await iterationsOfTurns(started().turns, 100, 0.5);
  const count = new Set(begun).size;
  assert.ok(count > 10 && count < 90, `${count} iterations`);
});

test('turns have iterations of their own again when they become long', async () => {
  const { turns } = started();
  await iterationsOfTurns(turns, 20, 0);
  await iterationsOfTurns(turns, 2, 10);
  const begun = await iterationsOfTurns(turns, 10, 10);
  assert.equal(new Set(begun).size, 10);
});

/** Returns the number of iterations of the event loop between a turn of 50 ms and the next one. */
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

test('a pause follows a long turn while cached operations are requested', async () => {
  const { turns } = started();
  turns.noteCacheHit();
  const passed = await iterationsAfterLongTurn(turns);
  assert.ok(passed > 10, `${passed} iterations`);
});

test('no pause follows a long turn without cached operations', async () => {
  const { turns } = started();
  const passed = await iterationsAfterLongTurn(turns);
  assert.ok(passed <= 3, `${passed} iterations`);
});

test('operations that have begun are finished before others begin', async () => {
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

test('operations beyond the limit of waiting ones are rejected, unless they have begun', async () => {
  const { turns, waiting } = started(2);
  const begun = [turns.begin(), turns.begin()];
  await assert.rejects(turns.begin(), /refused/);
  const resumed = Array.from({ length: 5 }, () => turns.resume());
  assert.equal(waiting.count, 2);
  await Promise.all([...begun, ...resumed]);
  assert.equal(waiting.count, 0);
  await turns.begin();
});
