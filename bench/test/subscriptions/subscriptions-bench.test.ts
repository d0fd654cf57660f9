import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { benchSubscriptions } from '../../src/subscriptions/subscriptions-bench.ts';
import { subscriptionFiguresOf } from '../../src/subscriptions/subscriptions-figures.ts';

it('each subscriber of both servers gets each event once', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const options = { folder, subscribers: 10, rate: 20, seconds: 1, onProgress: () => {} };
  const runs = await benchSubscriptions(options, () => {});
  assert.deepEqual(
    runs.map(({ messages, lost, duplicate }) => [messages, lost, duplicate]),
    [
      [400, 0, 0],
      [400, 0, 0],
      [20, 0, 0],
      [20, 0, 0],
    ],
  );
  const [gateway, other] = runs;
  if (gateway === undefined || other === undefined) throw new Error('a run is missing');
  const [first] = subscriptionFiguresOf(gateway, other);
  assert.match(first?.name ?? '', /^subscriptions: every event to all: SSE p50, beside graphql-sse and graphql-ws$/);
});
