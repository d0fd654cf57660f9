import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createContext } from '@marquee/runtime/process';
import { createSubgraphClient, type SubgraphClientOptions } from '../../src/subgraphs/subgraph-client.ts';

const OPTIONS: SubgraphClientOptions = {
  timeoutMs: 5_000,
  retry: { retries: 2, budgetPercent: 20 },
  writes: undefined,
  signingKey: undefined,
};

/** Creates a client of the subgraph movies, which `listener` implements. */
async function client(t: TestContext, listener: RequestListener, options: Partial<SubgraphClientOptions> = {}) {
  const ctx = createContext('gateway-test', 'silent');
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const send = createSubgraphClient(ctx, { ...OPTIONS, ...options })(() => `http://127.0.0.1:${port}/graphql`);
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await ctx.stop();
  });
  return {
    server,
    port,
    async send(isMutation = false, query = '{ a }') {
      const body = JSON.stringify({ query });
      const {
        exact: _exact,
        text: _text,
        ...answer
      } = await send({ subgraph: 'movies', body, isMutation, path: [] }, {});
      return answer;
    },
    async metric(name: string) {
      const line = (await ctx.metrics.metrics()).split('\n').find((entry) => entry.startsWith(name));
      return Number(line?.split(' ').at(-1) ?? 0);
    },
  };
}

const code = (expected: string) => (error: unknown) => {
  assert.equal((error as { extensions: { code: string } }).extensions.code, expected);
  return true;
};

const answer = (response: ServerResponse) => response.end('{"data":{"a":1}}');

for (const [fault, fail] of Object.entries<RequestListener>({
  'a reset before the answer': (request) => request.socket.destroy(),
  '502': (_, response) => response.writeHead(502).end('<html>'),
  '503 with a short Retry-After': (_, response) => response.writeHead(503, { 'retry-after': '0' }).end('{"errors":[]}'),
  '504': (_, response) => response.writeHead(504).end(),
})) {
  test(`a query is sent again upon ${fault}, a mutation never is`, async (t) => {
    let requests = 0;
    const { send, metric } = await client(t, (request, response) => {
      requests += 1;
      if (requests % 3 !== 0) fail(request, response);
      else answer(response);
    });
    assert.deepEqual(await send(), { data: { a: 1 }, isPlain: true });
    assert.equal(requests, 3);
    assert.equal(await metric('marquee_subgraph_retries_total{subgraph="movies",outcome="sent"'), 2);
    await send(true).catch(() => undefined);
    assert.equal(requests, 4);
  });
}

test('a query is sent again when the connection was refused, and succeeds once the subgraph is there', async (t) => {
  const { send, server, port } = await client(t, (_, response) => answer(response), {
    retry: { retries: 5, budgetPercent: 100 },
  });
  server.close();
  await once(server, 'close');
  const pending = send();
  await sleep(10);
  server.listen(port, '127.0.0.1');
  assert.deepEqual(await pending, { data: { a: 1 }, isPlain: true });
});

test('partial responses, timeouts and Retry-After are not retried', async (t) => {
  const faults: RequestListener[] = [
    (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"data":');
      setTimeout(() => response.destroy(), 20);
    },
    () => {},
    (_, response) => response.writeHead(503, { 'retry-after': '60' }).end(),
    (_, response) => response.writeHead(500).end(),
  ];
  let requests = 0;
  const { send } = await client(
    t,
    (request, response) => {
      requests += 1;
      faults[requests - 1]?.(request, response);
    },
    { timeoutMs: 300 },
  );
  await assert.rejects(send(), code('SUBGRAPH_UNAVAILABLE'));
  await assert.rejects(send(), code('SUBGRAPH_TIMEOUT'));
  await assert.rejects(send(), code('SUBGRAPH_BAD_RESPONSE'));
  await assert.rejects(send(), code('SUBGRAPH_BAD_RESPONSE'));
  assert.equal(requests, 4);
});

test('retries end within the timeout of one request', async (t) => {
  let requests = 0;
  const { send } = await client(
    t,
    (request) => {
      requests += 1;
      setTimeout(() => request.socket.destroy(), 120);
    },
    { timeoutMs: 200, retry: { retries: 10, budgetPercent: 100 } },
  );
  const begun = performance.now();
  await assert.rejects(send());
  assert.ok(performance.now() - begun < 320, 'within the time-out, and the time between two looks');
  assert.ok(requests <= 2, `${requests} requests`);
});

test('retries stay within the budget however many requests fail', async (t) => {
  let requests = 0;
  const { send, metric } = await client(t, (request) => {
    requests += 1;
    request.socket.destroy();
  });
  await Promise.all(Array.from({ length: 200 }, () => send().catch(() => undefined)));
  // 20 % of 200, and the 10 initial retries.
  assert.ok(requests > 200 && requests <= 250, `${requests} requests`);
  assert.ok((await metric('marquee_subgraph_retries_total{subgraph="movies",outcome="withheld"')) > 100);
});

const CIRCUIT = { failurePercent: 50, windowMs: 1_000, minimumRequests: 10, openMs: 200 };

test('the circuit opens after too many failures, and closes after one successful trial request', async (t) => {
  let requests = 0;
  let isUp = false;
  const { send, metric } = await client(
    t,
    async (request, response) => {
      requests += 1;
      if (isUp) answer(response);
      else setTimeout(() => request.socket.destroy(), 50);
    },
    { retry: { retries: 1, budgetPercent: 0 }, circuit: CIRCUIT },
  );
  const state = () => metric('marquee_subgraph_circuit_state{subgraph="movies"');
  for (let round = 0; round < 12; round += 1) await assert.rejects(send(), code('SUBGRAPH_UNAVAILABLE'));
  const before = requests;
  assert.ok(before <= 12);
  assert.equal(await state(), 2);
  const begun = performance.now();
  await Promise.all(Array.from({ length: 50 }, () => assert.rejects(send(), code('SUBGRAPH_UNAVAILABLE'))));
  assert.equal(requests, before, 'nothing is sent');
  assert.ok(performance.now() - begun < 100, 'rejected at once');
  assert.ok((await metric('marquee_subgraph_requests_refused_total{subgraph="movies"')) >= 50);

  await sleep(250);
  const probes = await Promise.allSettled(Array.from({ length: 10 }, () => send()));
  assert.equal(requests, before + 1, 'one tries');
  assert.ok(probes.every(({ status }) => status === 'rejected'));
  assert.equal(await state(), 2);

  isUp = true;
  await sleep(250);
  assert.deepEqual(await send(), { data: { a: 1 }, isPlain: true });
  assert.equal(await state(), 0);
  assert.deepEqual(await Promise.all([send(), send()]), [
    { data: { a: 1 }, isPlain: true },
    { data: { a: 1 }, isPlain: true },
  ]);
});

test('timeouts of slow operations do not open the circuit of a subgraph that answers probes', async (t) => {
  const { send, metric } = await client(
    t,
    (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (!body.includes('slow')) answer(response);
      });
    },
    { timeoutMs: 500, retry: { retries: 2, budgetPercent: 20 }, circuit: CIRCUIT },
  );
  for (let round = 0; round < 3; round++) {
    const slow = Array.from({ length: 60 }, () => assert.rejects(send(false, '{ slow }'), code('SUBGRAPH_TIMEOUT')));
    await Promise.all(slow);
    assert.deepEqual(await send(), { data: { a: 1 }, isPlain: true });
    assert.equal(await metric('marquee_subgraph_circuit_state{subgraph="movies"'), 0);
  }
});

test('a slow trial request closes the circuit when the subgraph answers a probe', async (t) => {
  let isAwayNow = true;
  const { send, metric } = await client(
    t,
    (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (isAwayNow) response.writeHead(503).end();
        else if (!body.includes('slow')) answer(response);
      });
    },
    { timeoutMs: 500, retry: { retries: 0, budgetPercent: 0 }, circuit: CIRCUIT },
  );
  const state = () => metric('marquee_subgraph_circuit_state{subgraph="movies"');
  while ((await state()) !== 2) await send().catch(() => undefined);
  isAwayNow = false;
  await sleep(CIRCUIT.openMs + 50);
  await assert.rejects(send(false, '{ slow }'), code('SUBGRAPH_TIMEOUT'));
  assert.equal(await state(), 0);
  assert.deepEqual(await send(), { data: { a: 1 }, isPlain: true });
});

test('timeouts open a circuit; GraphQL errors of any status do not', async (t) => {
  let respond: RequestListener = (_, response) => response.writeHead(400).end('{"errors":[{"message":"no"}]}');
  const { send, metric } = await client(t, (request, response) => respond(request, response), {
    timeoutMs: 1_000,
    circuit: CIRCUIT,
  });
  const state = () => metric('marquee_subgraph_circuit_state{subgraph="movies"');
  for (let round = 0; round < 20; round += 1) assert.ok((await send()).errors);
  respond = (_, response) => response.writeHead(500).end('{"errors":[{"message":"no"}]}');
  for (let round = 0; round < 20; round += 1) assert.ok((await send()).errors);
  assert.equal(await state(), 0);
  respond = () => {};
  await Promise.allSettled(Array.from({ length: 60 }, () => send()));
  assert.equal(await state(), 2);
});

test("requests beyond the queue's limit are rejected at once", async (t) => {
  const opened = Promise.withResolvers<void>();
  const { send, metric } = await client(
    t,
    async (_, response) => {
      await opened.promise;
      answer(response);
    },
    { maxWaiting: 20, circuit: CIRCUIT },
  );
  const pending = Array.from({ length: 200 }, () => send());
  // 128 connections, and 20 requests in the queue.
  const settled = Promise.allSettled(pending);
  await Promise.all(pending.slice(148).map((one) => assert.rejects(one, code('SUBGRAPH_OVERLOADED'))));
  assert.equal(await metric('marquee_subgraph_circuit_state{subgraph="movies"'), 0);
  opened.resolve();
  const answered = (await settled).filter(({ status }) => status === 'fulfilled');
  assert.equal(answered.length, 148);
  assert.deepEqual(await send(), { data: { a: 1 }, isPlain: true }, 'finished requests free the queue');
});

test('a subgraph may have its own timeout', async (t) => {
  const { send } = await client(t, () => {}, { timeoutsMs: new Map([['movies', 100]]) });
  const begun = performance.now();
  await assert.rejects(send(), code('SUBGRAPH_TIMEOUT'));
  assert.ok(performance.now() - begun < 1_000);
});
