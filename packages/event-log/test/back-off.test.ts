import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backOff, sleep, within } from '../src/back-off.ts';

describe('backOff', () => {
  it('doubles from 100 ms to 10 s, and starts over after a success', () => {
    const delays = backOff();
    const first = Array.from({ length: 9 }, () => delays.next());
    assert.deepEqual(first, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    delays.reset();
    assert.equal(delays.next(), 100);
  });
});

describe('sleep', () => {
  it('ends early, without an error, when it is aborted', async () => {
    const controller = new AbortController();
    const startedAt = performance.now();
    setTimeout(() => controller.abort(), 20);
    await sleep(60_000, controller.signal);
    await sleep(60_000, controller.signal);
    assert.ok(performance.now() - startedAt < 5_000);
  });
});

describe('within', () => {
  it('gives the result, the error, or what is to be said when it is late', async () => {
    const late = () => new Error('late');
    assert.equal(await within(1_000, Promise.resolve(1), late), 1);
    await assert.rejects(within(1_000, Promise.reject(new Error('own')), late), { message: 'own' });
    await assert.rejects(within(5, new Promise(() => {}), late), { message: 'late' });
    await assert.rejects(within(-5, new Promise(() => {}), late), { message: 'late' });
  });
});
