import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { launchBrowser } from '@marquee/testing/browser';
import type { Browser, Page } from 'playwright-core';
import { type GatewayProcess, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

let movies: RunningSubgraph;
let scores: RunningSubgraph;
let supergraph: ReturnType<typeof temporarySupergraph>;

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
  supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
});
after(async () => {
  await Promise.all([movies?.stop(), scores?.stop()]);
  supergraph?.remove();
});

const preflight = (gateway: GatewayProcess, origin: string) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,authorization,x-anything',
    },
  });

const post = (gateway: GatewayProcess, origin: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...headers },
    body,
  });

const allowed = (response: Response) => response.headers.get('access-control-allow-origin');
const variesByOrigin = (response: Response) => /(^|[ ,])origin\b/i.test(response.headers.get('vary') ?? '');

describe('with a list of origins', () => {
  const ORIGIN = 'https://shop.example';
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGateway(supergraph.file, {
      CORS_ORIGINS: `${ORIGIN}, https://*.preview.example, http://localhost:*`,
      RATE_LIMIT: '40',
    });
  });
  after(() => gateway?.stop());

  test('a preflight has status 204, permits the requested headers, and may be cached', async () => {
    for (const origin of [ORIGIN, 'https://pr-7.preview.example', 'http://localhost:5173']) {
      const response = await preflight(gateway, origin);
      assert.equal(response.status, 204);
      assert.equal(allowed(response), origin);
      assert.match(response.headers.get('access-control-allow-methods') ?? '', /GET.*POST/);
      assert.equal(response.headers.get('access-control-allow-headers'), 'content-type,authorization,x-anything');
      assert.ok(Number(response.headers.get('access-control-max-age')) > 0);
      assert.equal(response.headers.get('access-control-allow-credentials'), null);
      assert.ok(variesByOrigin(response));
      assert.equal(response.headers.get('ratelimit-remaining'), null);
    }
  });

  test('an origin that is not listed gets no permission', async () => {
    for (const origin of ['https://evil.example', 'https://preview.example', 'null', 'http://shop.example']) {
      for (const response of [
        await preflight(gateway, origin),
        await post(gateway, origin, '{"query":"{ __typename }"}'),
      ]) {
        assert.ok(response.ok);
        assert.equal(allowed(response), null, origin);
        assert.ok(variesByOrigin(response));
      }
    }
  });

  test('all kinds of responses have the permission', async () => {
    const kinds: [name: string, response: Response, status: number][] = [
      ['data', await post(gateway, ORIGIN, '{"query":"{ best { title } }"}'), 200],
      ['an error of validation', await post(gateway, ORIGIN, '{"query":"{ nothing }"}'), 200],
      [
        'an error of validation with its status',
        await post(gateway, ORIGIN, '{"query":"{ nothing }"}', { accept: 'application/graphql-response+json' }),
        400,
      ],
      ['no JSON', await post(gateway, ORIGIN, '{'), 400],
      ['a token that is not good', await post(gateway, ORIGIN, '{"query":"{a}"}', { authorization: 'Bearer a' }), 401],
      [
        'a GET that may be forged',
        await fetch(`${gateway.url}/graphql?query={a}`, { headers: { origin: ORIGIN } }),
        400,
      ],
      ['a body that is too long', await post(gateway, ORIGIN, ' '.repeat(300_000)), 413],
      ['no JSON type', await post(gateway, ORIGIN, '{}', { 'content-type': 'text/css' }), 415],
      ['an unknown coding', await post(gateway, ORIGIN, '{}', { 'content-encoding': 'zstd' }), 415],
      ['no acceptable type', await post(gateway, ORIGIN, '{}', { accept: 'image/png' }), 406],
      [
        'parts',
        await post(gateway, ORIGIN, '{"query":"{ best { title ... @defer { score } } }"}', {
          accept: 'multipart/mixed;deferSpec=20220824',
        }),
        200,
      ],
      ['another method', await fetch(`${gateway.url}/graphql`, { method: 'PUT', headers: { origin: ORIGIN } }), 405],
    ];
    for (const [name, response, status] of kinds) {
      await response.arrayBuffer();
      assert.equal(response.status, status, name);
      assert.equal(allowed(response), ORIGIN, name);
      assert.ok(variesByOrigin(response), name);
    }
    let last = await post(gateway, ORIGIN, '{"query":"{ __typename }"}');
    for (let count = 0; last.status === 200 && count < 50; count += 1) {
      last = await post(gateway, ORIGIN, '{"query":"{ __typename }"}');
    }
    assert.equal(last.status, 429);
    assert.equal(allowed(last), ORIGIN);
    assert.match(last.headers.get('access-control-expose-headers') ?? '', /retry-after/);
    assert.equal((await preflight(gateway, ORIGIN)).status, 204);
  });
});

test('off by default: a preflight permits nothing, and lists the methods', async () => {
  const gateway = await startGateway(supergraph.file);
  try {
    const response = await preflight(gateway, 'https://shop.example');
    assert.equal(response.status, 204);
    assert.equal(allowed(response), null);
    assert.equal(response.headers.get('access-control-allow-methods'), null);
    assert.equal(response.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
    assert.equal(allowed(await post(gateway, 'https://shop.example', '{"query":"{ __typename }"}')), null);
  } finally {
    await gateway.stop();
  }
});

test('`*` permits every origin', async () => {
  const gateway = await startGateway(supergraph.file, { CORS_ORIGINS: '*' });
  try {
    for (const origin of ['https://shop.example', 'null', 'chrome-extension://abc']) {
      const response = await preflight(gateway, origin);
      assert.equal(response.status, 204);
      assert.equal(allowed(response), '*');
      assert.equal(allowed(await post(gateway, origin, '{"query":"{ __typename }"}')), '*');
    }
  } finally {
    await gateway.stop();
  }
});

describe('in a browser, from a page of another origin', () => {
  let gateway: GatewayProcess;
  let browser: Browser;
  let site: Server;
  let page: Page;
  let port: number;
  before(async () => {
    site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>shop</title>');
    });
    await once(site.listen(0, '127.0.0.1'), 'listening');
    port = (site.address() as AddressInfo).port;
    gateway = await startGateway(supergraph.file, { CORS_ORIGINS: 'http://localhost:*' });
    browser = await launchBrowser();
    page = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
    site?.close();
    site?.closeAllConnections();
  });

  const request = (headers: Record<string, string>, query: string) =>
    page.evaluate(
      async ([url, sent, body]) => {
        try {
          const response = await fetch(url, { method: 'POST', headers: sent, body });
          return { status: response.status, text: await response.text() };
        } catch (error) {
          return { status: 0, text: String(error) };
        }
      },
      [`${gateway.url}/graphql`, headers, JSON.stringify({ query })] as const,
    );

  test('an allowed page reads responses, rejections and incremental parts', async () => {
    await page.goto(`http://localhost:${port}/`);
    const json = { 'content-type': 'application/json' };
    const data = await request(json, '{ best { title } }');
    assert.deepEqual([data.status, JSON.parse(data.text)], [200, { data: { best: { title: 'The Matrix' } } }]);
    const refused = await request({ ...json, authorization: 'Bearer nonsense' }, '{ best { title } }');
    assert.equal(refused.status, 401);
    assert.match(refused.text, /UNAUTHENTICATED/);
    const accept = 'multipart/mixed;deferSpec=20220824, application/json';
    const parts = await request({ ...json, accept }, '{ best { title ... @defer { score } } }');
    assert.equal(parts.status, 200);
    assert.match(parts.text, /"hasNext":true[\s\S]*"incremental"[\s\S]*"hasNext":false/);
  });

  test('a page that is not allowed reads nothing', async () => {
    await page.goto(`http://127.0.0.1:${port}/`);
    const { status, text } = await request({ 'content-type': 'application/json' }, '{ best { title } }');
    assert.equal(status, 0);
    assert.match(text, /Failed to fetch/);
  });
});
