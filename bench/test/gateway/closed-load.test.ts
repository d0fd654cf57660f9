import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { closedLoad } from '../../src/gateway/closed-load.ts';

async function server(listener: RequestListener) {
  const http = createServer(listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    [Symbol.dispose]() {
      http.closeAllConnections();
      http.close();
    },
  };
}

describe('a closed load', () => {
  it('keeps the number of concurrent requests, each with its own body, and measures them', async () => {
    const bodies: string[] = [];
    let underWay = 0;
    let most = 0;
    using slow = await server(async (request, response) => {
      most = Math.max(most, ++underWay);
      bodies.push(await text(request));
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
      response.end('{}');
    });
    let made = 0;
    const body = () => `body ${++made}`;
    const { requests, latencies } = await closedLoad(slow.origin, body, { connections: 4, seconds: 0.5 });
    assert.equal(most, 4);
    assert.ok(requests >= 20, String(requests));
    assert.equal(new Set(bodies).size, bodies.length);
    assert.ok(latencies.p50 >= 19 && latencies.p50 !== Math.round(latencies.p50), String(latencies.p50));
  });

  it('fails for a status other than 200', async () => {
    let number = 0;
    using failing = await server((_, response) => response.writeHead(++number === 5 ? 500 : 200).end('{}'));
    await assert.rejects(closedLoad(failing.origin, '{}', { connections: 1, seconds: 0.2 }), /, 1 another one/);
  });
});
