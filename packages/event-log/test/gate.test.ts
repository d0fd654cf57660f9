import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGate } from '../src/gate.ts';

describe('createGate', () => {
  const { signal } = new AbortController();

  it('lets the waiter through when it opens, and closes behind it', async () => {
    const gate = createGate();
    const waiting = gate.wait(signal);
    gate.open();
    await waiting;
    const startedAt = performance.now();
    await gate.wait(signal, 30);
    assert.ok(performance.now() - startedAt >= 25, 'it waited for its time');
  });

  it('remembers that it was opened while nobody waited', async () => {
    const gate = createGate();
    gate.open();
    gate.open();
    await gate.wait(signal);
    const startedAt = performance.now();
    await gate.wait(signal, 30);
    assert.ok(performance.now() - startedAt >= 25, 'once');
  });

  it('lets through on abort', async () => {
    const controller = new AbortController();
    const gate = createGate();
    const waiting = gate.wait(controller.signal);
    controller.abort();
    await waiting;
    await gate.wait(controller.signal);
  });
});
