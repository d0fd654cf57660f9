import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStreamParser, type StreamEvent } from '../../../src/subgraphs/events/event-stream-parser.ts';

function parsed(chunks: readonly (string | Uint8Array)[], maxLength = 100): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = new EventStreamParser(maxLength, (event) => events.push(event));
  for (const chunk of chunks) parser.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return events;
}

test('an event has the fields of its lines, whatever ends them', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['id: a', 'event:next', 'data: {"x":', 'data:1}', 'retry: 5', ': comment', '', ''].join(end);
    assert.deepEqual(parsed([text]), [{ id: 'a', type: 'next', data: '{"x":\n1}' }]);
  }
});

test('chunks may end anywhere, within a character and within a line end', () => {
  const bytes = Buffer.from('event: next\r\ndata: "é✓"\r\n\r\nevent: complete\r\ndata:\r\n\r\n');
  const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
  assert.deepEqual(parsed(chunks), [
    { id: undefined, type: 'next', data: '"é✓"' },
    { id: undefined, type: 'complete', data: '' },
  ]);
});

test('comments are skipped, and a block with an id alone is a position', () => {
  assert.deepEqual(parsed([':\n\n: hello\n\nid: r0\n: open\n\n']), [{ id: 'r0', type: '', data: '' }]);
});

test('an event that is too long is an error, in one line or in many', () => {
  assert.throws(() => parsed([`data: ${'x'.repeat(200)}`]), /more than 100 characters/);
  assert.throws(() => parsed(Array(40).fill('data: x\n')), /more than 100 characters/);
  assert.throws(() => parsed([`event: next\ndata: ${'x'.repeat(150)}\n\n`]), /more than 100 characters/);
});

test('an id that cannot be a header is an error', () => {
  assert.throws(() => parsed(['id: two words\n\n']), /invalid event id/);
  assert.throws(() => parsed([`id: ${'x'.repeat(513)}\n\n`], 1_000), /invalid event id/);
});
