import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { type ClientLoadOptions, runClientLoad } from '../../src/client-load/run-client-load.ts';
import { createEndpoint, parseEndpoint } from '../../src/client-load/send-operation.ts';

interface Body {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const OBJECTS = ['1', '2', '3'].map((id) => ({ node: { id, name: `The Matrix ${id}` } }));
const PAGE = { page: { edges: OBJECTS, pageInfo: { hasNextPage: false, endCursor: null } } };
const NAMES = ['Home', 'Movie', 'Person', 'Suggestions', 'Search', 'Browse', 'Trending', 'TopRated', 'MostVoted'];
const documents = new Map(NAMES.map((name) => [name, `query ${name} { a }`]));

/** Starts a server that has three objects in each list, and another response to the operations of the profile. */
async function startServer(respond: (body: Body, response: ServerResponse) => void) {
  const bodies: Body[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = (await json(request)) as Body;
    if (body.operationName === undefined) {
      const data = body.query.startsWith('query LoadGenres') ? { genres: [{ id: '18', name: 'Drama' }] } : PAGE;
      response.end(JSON.stringify({ data }));
      return;
    }
    bodies.push(body);
    respond(body, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = parseEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, false);
  const endpoint = createEndpoint({ url, timeoutMs: 300 });
  return {
    bodies,
    run: (options: Partial<ClientLoadOptions> = {}) =>
      runClientLoad({
        profile: 'site',
        documents,
        send: endpoint.send,
        perSecond: 100,
        seconds: 1,
        skew: 1,
        maxInFlight: 1_000,
        seed: 1,
        ...options,
      }),
    async [Symbol.asyncDispose]() {
      await endpoint.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

test('the load has its rate and the shares of its profile, with ids of the API', async () => {
  await using server = await startServer((_, response) => response.end('{"data":{}}'));
  const { requests, failed, errors, operations, rate, latencyMs } = (await server.run({ perSecond: 200 })).figures();
  assert.deepEqual([requests, failed, errors], [200, 0, {}]);
  assert.ok(rate > 150 && rate <= 210, String(rate));
  assert.ok(latencyMs !== null && latencyMs.p50 <= latencyMs.p95 && latencyMs.p99 <= latencyMs.max);
  const share = (operations.Movie?.requests ?? 0) / requests;
  assert.ok(share > 0.25 && share < 0.5, String(share));
  const ids = server.bodies
    .filter(({ operationName }) => operationName === 'Movie')
    .map(({ variables }) => variables.id);
  assert.deepEqual([...new Set(ids)].toSorted(), ['1', '2', '3']);
  const times = (id: string) => ids.filter((other) => other === id).length;
  assert.ok(times('1') > times('3'), 'the first is the most requested');
  const searched = server.bodies.find(({ operationName }) => operationName === 'Search')?.variables.query;
  assert.match(String(searched), /^The Matrix \d$/);
});

test('errors are counted by code, in deferred parts too', async () => {
  const deferred =
    '\r\n---\r\nContent-Type: application/json\r\n\r\n{"data":{},"hasNext":true}\r\n---\r\nContent-Type: application/json\r\n\r\n{"incremental":[{"path":[],"data":null,"errors":[{"message":"x","extensions":{"code":"DEFERRED"}}]}],"hasNext":false}\r\n-----\r\n';
  await using server = await startServer(({ operationName }, response) => {
    if (operationName === 'Movie') response.end(deferred);
    else if (operationName === 'Person')
      response.end('{"data":null,"errors":[{"message":"y","extensions":{"code":"GONE"}},{"message":"z"}]}');
    else if (operationName === 'Home') response.writeHead(503).end('busy');
    else if (operationName === 'Suggestions') response.destroy();
    else response.end('{"data":{"text":"\\"errors\\""}}');
  });
  const { errors, operations, failed } = (await server.run()).figures();
  const requestsOf = (name: string) => operations[name]?.requests;
  assert.deepEqual(errors, {
    ...errors,
    DEFERRED: requestsOf('Movie'),
    GONE: requestsOf('Person'),
    WITHOUT_CODE: requestsOf('Person'),
    HTTP_503: requestsOf('Home'),
  });
  const others = Object.keys(errors).filter((code) => !['DEFERRED', 'GONE', 'WITHOUT_CODE', 'HTTP_503'].includes(code));
  assert.ok(
    others.every((code) => ['UND_ERR_SOCKET', 'ECONNRESET'].includes(code)),
    String(others),
  );
  const failing = ['Movie', 'Person', 'Home', 'Suggestions'];
  assert.equal(
    failed,
    failing.reduce((sum, name) => sum + (requestsOf(name) ?? 0), 0),
  );
  assert.equal(operations.Search?.failed, 0);
});

test('requests without a response time out, and too many in progress are not sent', async () => {
  await using server = await startServer(() => {});
  const { requests, notSent, errors, latencyMs } = (await server.run({ maxInFlight: 10 })).figures();
  assert.equal(requests + notSent, 100);
  assert.ok(notSent > 0 && requests >= 10);
  assert.deepEqual(errors, { TIMEOUT: requests });
  assert.ok((latencyMs?.p50 ?? 0) >= 299);
});

test('an interruption ends the load, and pending responses are counted', async () => {
  await using server = await startServer((_, response) => setTimeout(() => response.end('{"data":{}}'), 100));
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(), 300);
  const tally = await server.run({ seconds: Number.POSITIVE_INFINITY, signal: interruption.signal });
  const { requests, failed } = tally.figures();
  assert.equal(failed, 0);
  assert.equal(requests, server.bodies.length);
  assert.ok(requests >= 10 && requests < 60, String(requests));
});

test('a missing operation is reported before anything is sent', async () => {
  await using server = await startServer((_, response) => response.end('{"data":{}}'));
  const incomplete = new Map([...documents].filter(([name]) => name !== 'Home'));
  await assert.rejects(server.run({ documents: incomplete }), {
    code: 'DOCUMENT_MISSING',
    exitCode: 2,
    message: /Home/,
  });
  assert.deepEqual(server.bodies, []);
});

test('an API that cannot be read ends the load with its own exit code', async () => {
  const { send, close } = createEndpoint({ url: new URL('http://127.0.0.1:9/graphql'), timeoutMs: 300 });
  await using server = await startServer(() => {});
  await assert.rejects(server.run({ send }), { code: 'CATALOGUE_UNREACHABLE', exitCode: 3, message: /ECONNREFUSED/ });
  await close();
});

test('only this machine is loaded without permission', () => {
  for (const url of ['http://localhost:4000/graphql', 'http://127.0.0.1/graphql', 'http://[::1]:1/']) {
    assert.equal(parseEndpoint(url, false).href, url);
  }
  assert.throws(() => parseEndpoint('http://gateway.example/graphql', false), { code: 'USAGE', message: /--remote/ });
  assert.equal(parseEndpoint('http://gateway.example/graphql', true).hostname, 'gateway.example');
  for (const url of ['localhost:4000', 'ftp://localhost/']) {
    assert.throws(() => parseEndpoint(url, true), { code: 'USAGE', exitCode: 2 });
  }
});
