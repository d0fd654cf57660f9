import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createLoad } from '../src/load.ts';

async function server(answer: (request: number) => number) {
  let requests = 0;
  let underWay = 0;
  let most = 0;
  const http = createServer((_, response) => {
    requests += 1;
    underWay += 1;
    most = Math.max(most, underWay);
    setTimeout(() => {
      underWay -= 1;
      response.end('{}');
    }, answer(requests));
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const never = async () => assert.fail('not sent');
  const target = {
    origin,
    path: '/',
    headersFor: () => ({}),
    usage: never,
    record: never,
    recorded: never,
    load: never,
    stop: never,
  };
  return {
    target,
    requests: () => requests,
    most: () => most,
    [Symbol.dispose]() {
      http.closeAllConnections();
      http.close();
    },
  };
}

describe('a load', () => {
  it('keeps the number of concurrent requests', async () => {
    using slow = await server(() => 20);
    const load = createLoad(slow.target, '{}');
    const { requests, latencies } = await load.closed(4, 0.2, 20);
    await load.close();
    assert.equal(slow.most(), 4);
    assert.equal(requests, slow.requests());
    assert.ok(requests >= 20, String(requests));
    assert.ok(latencies.p50 >= 19, String(latencies.p50));
  });

  it('sends on schedule while the server stalls, and counts the stall', async () => {
    const start = Date.now();
    // Nothing is answered before half a second has gone by.
    using stalling = await server(() => Math.max(0, 500 - (Date.now() - start)));
    const load = createLoad(stalling.target, '{}');
    const { p50, p99 } = await load.open(50, 0.5);
    await load.close();
    assert.equal(stalling.requests(), 25);
    assert.ok(p99 > 400, `p99 ${p99}`);
    assert.ok(p50 > 150, `p50 ${p50}: all requests in the stall waited for its end`);
  });
});
