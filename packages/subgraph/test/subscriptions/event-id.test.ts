import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeEventId, encodeEventId, MAX_EVENT_ID_LENGTH } from '../../src/subscriptions/event-id.ts';

const TOPIC = 'marquee.movies-changes.v1';

describe('event ids', () => {
  it('are URL-safe text with the positions of all partitions', () => {
    const largest = 2n ** 63n - 1n;
    for (const positions of [[0n], [0n, 1n, 127n, 128n, 16_383n, 16_384n], Array.from({ length: 36 }, () => largest)]) {
      const id = encodeEventId(TOPIC, positions);
      assert.match(id, /^[A-Za-z0-9_-]+$/);
      assert.ok(id.length <= MAX_EVENT_ID_LENGTH, `${id.length} characters`);
      assert.deepEqual(decodeEventId(TOPIC, positions.length, id), positions);
    }
    assert.equal(encodeEventId(TOPIC, [1n, 2n, 3n, 4n, 5n, 6n]).length, 20);
  });

  it('of another topic or another number of partitions are none', () => {
    const id = encodeEventId(TOPIC, [1n, 2n]);
    assert.equal(decodeEventId('marquee.people-changes.v1', 2, id), undefined);
    assert.equal(decodeEventId(TOPIC, 1, id), undefined);
    assert.equal(decodeEventId(TOPIC, 3, id), undefined);
  });

  it('are none when they are malformed', () => {
    const id = encodeEventId(TOPIC, [1n, 300n]);
    const faults = ['', ' ', '0', 'null', 'é', `${id}=`, `${id}A`, id.slice(1), id.slice(0, -2), 'A'.repeat(513)];
    for (const fault of faults) assert.equal(decodeEventId(TOPIC, 2, fault), undefined, JSON.stringify(fault));
    const bytes = Buffer.from(id, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 0x81;
      assert.equal(decodeEventId(TOPIC, 2, changed.toString('base64url')), undefined, `byte ${index}`);
    }
  });
});
