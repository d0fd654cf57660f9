import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { MarqueeError } from '@marquee/runtime/errors';
import { createRecordBatcher } from '../../src/infrastructure/record-batcher.ts';

function record(key: string, bytes = 1): OutgoingRecord {
  return { key: Buffer.from(key), value: Buffer.alloc(bytes), headers: {} };
}

/** Keys of each batch that was sent. */
function recorder(refuse: (records: readonly OutgoingRecord[]) => unknown = () => undefined) {
  const batches: string[][] = [];
  const add = createRecordBatcher(async (records) => {
    await sleep(5);
    batches.push(records.map(({ key }) => key.toString()));
    const error = refuse(records);
    if (error) throw error;
  });
  return { batches, add };
}

test('what comes together goes out together, in its order, and what comes meanwhile goes out next', async () => {
  const { batches, add } = recorder();
  const first = ['a', 'b', 'c'].map((key) => add(record(key)));
  await sleep(8);
  await Promise.all([...first, add(record('d'))]);
  assert.deepEqual(batches, [['a', 'b', 'c'], ['d']]);
});

test('large records go out in batches of their own', async () => {
  const { batches, add } = recorder();
  await Promise.all([
    add(record('a', 400_000)),
    add(record('b', 400_000)),
    add(record('c', 2_000_000)),
    add(record('d')),
  ]);
  assert.deepEqual(batches, [['a'], ['b'], ['c'], ['d']]);
});

test('no batch holds more than 200 records', async () => {
  const { batches, add } = recorder();
  await Promise.all(Array.from({ length: 450 }, (_, index) => add(record(String(index)))));
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [200, 200, 50],
  );
});

test('a record is refused for its own sake only', async () => {
  const refusal = new MarqueeError('RECORD_TOO_LARGE', 'too large');
  const { add } = recorder((records) => records.some(({ key }) => key.toString() === 'b') && refusal);
  const results = await Promise.allSettled(['a', 'b', 'c'].map((key) => add(record(key))));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('a log that is away refuses the whole batch at once', async () => {
  const away = new MarqueeError('EVENT_LOG_UNREACHABLE', 'away', { exitCode: 3 });
  const { batches, add } = recorder(() => away);
  const results = await Promise.allSettled(['a', 'b', 'c'].map((key) => add(record(key))));
  assert.ok(results.every((result) => result.status === 'rejected' && result.reason === away));
  assert.equal(batches.length, 1);
});
