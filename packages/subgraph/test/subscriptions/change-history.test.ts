import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChangeHistory, type HistoryEntry } from '../../src/subscriptions/change-history.ts';

const LIMITS = { records: 20, bytes: 1_000_000 };

function entry(partition: number, offset: number, { at = offset, eventId = `${partition}/${offset}`, id = '1' } = {}) {
  const change = { eventId, entityId: id, change: 'updated' as const, occurredAt: new Date(at) };
  return { partition, offset: BigInt(offset), channels: [`movieChanged:${id}`], change };
}

function add(history: ChangeHistory, added: HistoryEntry): HistoryEntry | undefined {
  return history.advance(added.partition, added.offset + 1n, added);
}

const offsetsOf = (entries: Iterable<HistoryEntry>) =>
  [...entries].map(({ partition, offset }) => `${partition}/${offset}`);

describe('the history of changes', () => {
  it('begins as far before the ends as it may hold, and covers no earlier position', () => {
    const history = new ChangeHistory([100n, 3n], LIMITS);
    assert.deepEqual(history.positions, [90n, 0n]);
    assert.ok(history.covers([90n, 0n]));
    assert.ok(!history.covers([89n, 0n]));
  });

  it('drops by offset, so that each process holds the same records', () => {
    const history = new ChangeHistory([0n, 0n], LIMITS);
    for (let offset = 0; offset < 15; offset++) add(history, entry(0, offset));
    history.advance(0, 16n);
    assert.deepEqual(
      offsetsOf(history.after([0n, 0n])),
      [6, 7, 8, 9, 10, 11, 12, 13, 14].map((offset) => `0/${offset}`),
    );
    assert.ok(history.covers([6n, 0n]));
    assert.ok(!history.covers([5n, 0n]));
  });

  it('drops the oldest entries when they take more memory than they may', () => {
    const history = new ChangeHistory([0n], { records: 1_000_000, bytes: 5_000 });
    for (let offset = 0; offset < 1_000; offset++) add(history, entry(0, offset, { id: 'x'.repeat(100) }));
    const held = offsetsOf(history.after([0n]));
    assert.ok(held.length >= 3 && held.length <= 12, `${held.length} entries`);
    assert.ok(history.covers([BigInt(1_000 - held.length)]));
    assert.ok(!history.covers([BigInt(999 - held.length)]));
  });

  it('returns entries after positions: each partition in order, and all by time', () => {
    const history = new ChangeHistory([0n, 0n], LIMITS);
    for (const added of [
      entry(0, 0, { at: 5 }),
      entry(0, 1, { at: 3 }),
      entry(1, 0, { at: 4 }),
      entry(1, 1, { at: 6 }),
    ])
      add(history, added);
    assert.deepEqual(offsetsOf(history.after([0n, 0n])), ['1/0', '0/0', '0/1', '1/1']);
    assert.deepEqual(offsetsOf(history.after([1n, 1n])), ['0/1', '1/1']);
    assert.deepEqual(offsetsOf(history.after([9n, 9n])), []);
  });

  it('skips a change that the relay has published twice', () => {
    const history = new ChangeHistory([0n], LIMITS);
    assert.ok(add(history, entry(0, 0, { eventId: 'same' })));
    assert.equal(add(history, entry(0, 1, { eventId: 'same' })), undefined);
    assert.deepEqual(history.positions, [2n]);
    assert.deepEqual(offsetsOf(history.after([0n])), ['0/0']);
  });

  it('covers nothing before missing records, and starts over at the end of a topic that was created again', () => {
    const history = new ChangeHistory([0n], LIMITS);
    add(history, entry(0, 0));
    history.miss(0, 4n);
    add(history, entry(0, 4));
    assert.ok(history.covers([4n]));
    assert.ok(!history.covers([3n]));
    history.restart(0, 1n);
    assert.deepEqual(history.positions, [1n]);
    assert.deepEqual(offsetsOf(history.after([0n])), []);
    assert.ok(!history.covers([0n]));
  });
});
