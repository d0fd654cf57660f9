import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chunksOf, sizeOf } from '../src/record-chunks.ts';
import { numbered, range, record } from './conformance/harness.ts';

describe('chunksOf', () => {
  const limits = { maxBytes: 1_000, maxRecords: 4 };

  it('keeps the order, within both limits', () => {
    const small = numbered(0, 10);
    assert.deepEqual(
      [...chunksOf(small, limits)].map(({ records }) => records.length),
      [4, 4, 2],
    );
    const mixed = range(0, 30).map((n) => record('key', Buffer.alloc((n * 137) % 700)));
    const chunks = [...chunksOf(mixed, limits)];
    assert.deepEqual(
      chunks.flatMap(({ records }) => records),
      mixed,
    );
    for (const { records, bytes } of chunks) {
      assert.equal(
        bytes,
        records.reduce((sum, each) => sum + sizeOf(each), 0),
      );
      assert.ok(bytes <= limits.maxBytes && records.length <= limits.maxRecords);
    }
  });

  it('gives a record over the limit a chunk of its own, and nothing for nothing', () => {
    const records = [record('a', 'x'), record('b', Buffer.alloc(5_000)), record('c', 'x')];
    assert.deepEqual(
      [...chunksOf(records, limits)].map((chunk) => chunk.records.length),
      [1, 1, 1],
    );
    assert.deepEqual([...chunksOf([], limits)], []);
  });
});

describe('sizeOf', () => {
  it('counts bytes, not characters, and a tombstone as nothing', () => {
    const bare = sizeOf(record('', null));
    assert.equal(sizeOf(record('č', 'ž')) - bare, 4);
    assert.equal(sizeOf(record('', null, { ö: 'é' })) - bare, 8);
  });
});
