import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventMessage } from '../../../src/http/subscriptions/event-message.ts';
import { ReplayBuffer } from '../../../src/http/subscriptions/replay-buffer.ts';

const message = (sequence: number, text = 'text') => new EventMessage(sequence, `e${sequence}`, text, 0);

function filled(count: number, limits = { events: 3, length: 1_000 }): ReplayBuffer {
  const buffer = new ReplayBuffer(limits, 'start');
  for (let sequence = 0; sequence < count; sequence += 1) buffer.add(message(sequence));
  return buffer;
}

const idsFrom = (buffer: ReplayBuffer, sequence: number) => buffer.from(sequence)?.map(({ id }) => id);

test('a position leads to the messages after it', () => {
  const buffer = filled(3);
  assert.equal(buffer.sequenceAfter('e0'), 1);
  assert.deepEqual(idsFrom(buffer, 1), ['e1', 'e2']);
  assert.equal(buffer.sequenceAfter('e2'), 3);
  assert.deepEqual(idsFrom(buffer, 3), []);
  assert.equal(buffer.sequenceAfter('other'), undefined);
  assert.equal(buffer.position, 'e2');
});

test('the position before the first message counts until it is evicted', () => {
  assert.equal(filled(0).sequenceAfter('start'), 0);
  assert.equal(filled(3).sequenceAfter('start'), 0);
  const buffer = filled(5);
  assert.equal(buffer.sequenceAfter('start'), undefined);
  assert.equal(buffer.sequenceAfter('e1'), 2);
  assert.equal(buffer.from(1), undefined);
});

test('the length of the messages is limited', () => {
  const buffer = filled(3, { events: 10, length: 8 });
  assert.deepEqual(idsFrom(buffer, 1), ['e1', 'e2']);
  buffer.add(message(3, 'x'.repeat(100)));
  assert.deepEqual(idsFrom(buffer, 4), []);
  assert.equal(buffer.sequenceAfter('e3'), 4);
  assert.equal(buffer.position, 'e3');
});

test('a buffer without a capacity knows the last position', () => {
  const buffer = filled(2, { events: 0, length: 100 });
  assert.equal(buffer.sequenceAfter('e1'), 2);
  assert.equal(buffer.sequenceAfter('e0'), undefined);
});

test('the position may advance without a message', () => {
  const buffer = filled(2);
  buffer.advance('later');
  assert.equal(buffer.position, 'later');
  assert.equal(buffer.sequenceAfter('later'), 2);
  assert.equal(buffer.sequenceAfter('e0'), 1);
  buffer.add(message(2));
  assert.equal(buffer.position, 'e2');
  assert.equal(buffer.sequenceAfter('later'), undefined);
});
