import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { freePort } from '@marquee/local-services/free-port';
import { createRequestRate } from '../../src/infrastructure/request-rate.ts';
import { createTmdbClient } from '../../src/infrastructure/tmdb-client.ts';
import type { TmdbRequestsOptions } from '../../src/infrastructure/tmdb-requests.ts';
import { json, serveHttp } from '../http-server.ts';
import { CREW_MEMBER, MOVIE } from '../tmdb-samples.ts';

const KEY = '0123456789abcdef0123456789ABCDEF';

function client(t: TestContext, baseUrl: string, options: Partial<TmdbRequestsOptions> & { token?: string } = {}) {
  const tmdb = createTmdbClient({
    address: { baseUrl, token: options.token, isEmulator: true },
    concurrency: 4,
    retries: 5,
    timeoutMs: 2000,
    stop: new AbortController().signal,
    random: () => 0.02,
    ...options,
  });
  t.after(() => tmdb.close());
  return tmdb;
}

test('asks below the base path, for details with all that belongs to them', async (t) => {
  const { url, seen } = await serveHttp(t, (_seen, response) => json(response, MOVIE));
  const before = Date.now();
  const { requestedAt, body } = await client(t, `${url}/some/3`).movie(7);
  assert.equal(body?.title, 'The Film');
  assert.ok(requestedAt.getTime() >= before && requestedAt.getTime() <= Date.now());
  assert.equal(seen[0]?.path, '/some/3/movie/7');
  assert.equal(
    seen[0]?.query.get('append_to_response'),
    'keywords,external_ids,release_dates,images,videos,translations,alternative_titles,watch/providers,recommendations',
  );
  assert.equal(seen[0]?.headers.authorization, undefined);
});

test('a v4 token goes into a header, a v3 key into the query', async (t) => {
  const { url, seen } = await serveHttp(t, (_seen, response) => json(response, MOVIE));
  await client(t, url, { token: 'header.payload.signature' }).movie(7);
  await client(t, url, { token: KEY }).movie(7);
  assert.deepEqual(
    seen.map(({ headers, query }) => [headers.authorization, query.get('api_key')]),
    [
      ['Bearer header.payload.signature', null],
      [undefined, KEY],
    ],
  );
});

test("TMDb's 404 is an answer without a body; anybody else's is a mistake in the address", async (t) => {
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/1') json(response, { success: false, status_code: 34, status_message: 'Not found.' }, 404);
    else if (path === '/movie/2') json(response, { message: 'Route not found', statusCode: 404 }, 404);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>');
  });
  const tmdb = client(t, url, { retries: 1 });
  assert.equal((await tmdb.movie(1)).body, undefined);
  for (const id of [2, 3]) await assert.rejects(tmdb.movie(id), { code: 'TMDB_NOT_FOUND', message: /TMDB_BASE_URL/ });
  assert.equal(tmdb.retries, 2);
});

test('429, 5xx and lost connections are tried again', async (t) => {
  const { url } = await serveHttp(t, (_seen, response, nth) => {
    if (nth === 1) json(response, { status_code: 25, status_message: 'Over the limit.' }, 429);
    else if (nth === 2) json(response, { status_code: 11, status_message: 'Internal error.' }, 500);
    else if (nth === 3) response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502</h1>');
    else if (nth === 4) response.socket?.resetAndDestroy();
    else if (nth === 5) {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half":');
      setImmediate(() => response.destroy());
    } else json(response, MOVIE);
  });
  const tmdb = client(t, url);
  assert.equal((await tmdb.movie(7)).body?.id, 7);
  assert.deepEqual([tmdb.requests, tmdb.retries], [6, 5]);
});

test("what a front answers in TMDb's place is tried again", async (t) => {
  const html = (status: number) => (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>maintenance</html>');
  const fronts: readonly ((response: ServerResponse) => void)[] = [
    html(200),
    html(403),
    html(408),
    html(401),
    html(404),
    html(302),
    (response) => response.writeHead(204).end(),
    (response) => response.end(''),
    (response) => response.end('{"id":7,"title":'),
    (response) => response.end('null'),
    (response) => json(response, { message: 'Please wait.' }),
    (response) => json(response, { success: false, status_code: 34 }),
    (response) => json(response, { ...MOVIE, id: 8 }),
    (response) => json(response, { message: 'Forbidden' }, 403),
    (response) => json(response, { status_code: 11, status_message: 'Timed out.' }, 408),
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"no":"gzip"}'),
  ];
  const { url } = await serveHttp(t, ({ path }, response, nth) => {
    if (path === '/movie/1') json(response, { ...MOVIE, id: 1 });
    else if (nth % 2 === 0) fronts[nth / 2 - 1]?.(response);
    else json(response, MOVIE);
  });
  const tmdb = client(t, url);
  await tmdb.movie(1);
  for (const index of fronts.keys()) {
    assert.equal((await tmdb.movie(7)).body?.title, 'The Film', `front ${index}`);
    assert.equal(tmdb.retries, index + 1);
  }
});

test("TMDb's own 401 and 403 are final", async (t) => {
  const { url, seen } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/1') json(response, { status_code: 7, status_message: 'Invalid API key.' }, 401);
    else json(response, { status_code: 10, status_message: 'Suspended API key.' }, 403);
  });
  const tmdb = client(t, url);
  await assert.rejects(tmdb.movie(1), { code: 'TMDB_UNAUTHORIZED', exitCode: 3 });
  await assert.rejects(tmdb.movie(2), { code: 'TMDB_REFUSED', message: /403 \(Suspended/ });
  assert.equal(seen.length, 2);
});

test('Retry-After is waited for, and the answer is dated by the request that got it', async (t) => {
  const { url } = await serveHttp(t, (_seen, response, nth) => {
    if (nth === 1) json(response, { status_code: 25, status_message: 'Over the limit.' }, 429, { 'retry-after': '1' });
    else json(response, MOVIE);
  });
  const before = Date.now();
  const { requestedAt } = await client(t, url).movie(7);
  assert.ok(requestedAt.getTime() - before >= 1000);
});

test('after the last retry, the reason is the last response', async (t) => {
  const { url, seen } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/7') json(response, MOVIE);
    else json(response, { status_code: 11, status_message: 'Internal error.' }, 500);
  });
  const tmdb = client(t, url, { retries: 2 });
  await tmdb.movie(7);
  await assert.rejects(tmdb.movie(2), {
    code: 'TMDB_FAILED',
    message: 'GET /movie/2: TMDb returned 500 (Internal error.)',
  });
  assert.equal(seen.length, 4);
});

test('an answer that takes too long is given up and tried again', async (t) => {
  const { url } = await serveHttp(t, (_seen, response, nth) => {
    if (nth === 2) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
    } else if (nth > 2) json(response, MOVIE);
  });
  const tmdb = client(t, url, { timeoutMs: 200 });
  assert.equal((await tmdb.movie(7)).body?.id, 7);
  assert.equal(tmdb.retries, 2);
});

test('what will not get better is not tried again', async (t) => {
  const { url, seen } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/1') json(response, { status_code: 7, status_message: 'Invalid API key.' }, 401);
    else json(response, { errors: ['page must be less than or equal to 500'] }, 422);
  });
  const tmdb = client(t, url, { token: 'a-token-to-keep-secret' });
  await assert.rejects(tmdb.movie(1), (error: Error & { code: string; exitCode: number }) => {
    assert.deepEqual([error.code, error.exitCode], ['TMDB_UNAUTHORIZED', 3]);
    assert.match(error.message, /TMDB_TOKEN/);
    assert.doesNotMatch(error.message, /keep-secret/);
    return true;
  });
  await assert.rejects(tmdb.movie(2), { code: 'TMDB_REFUSED', message: /422 \(page must be less/ });
  assert.equal(seen.length, 2);
});

test('an unusable body has a reason, after the last retry', async (t) => {
  const bodies: Record<string, unknown> = {
    '/movie/4': [],
    '/movie/5/credits': { message: 'maintenance' },
    '/movie/6': MOVIE,
    '/movie/7': MOVIE,
    '/movie/8/credits': { id: 7, cast: [], crew: [] },
    '/movie/9/reviews': { id: 7, results: [], total_pages: 0 },
  };
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/1') response.end('<html>Sign in to the network');
    else if (path === '/movie/2') response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"not":"gzip"}');
    else json(response, bodies[path]);
  });
  const tmdb = client(t, url, { retries: 1, concurrency: 10 });
  await tmdb.movie(7);
  const unusable = (message: RegExp) => ({ code: 'TMDB_MALFORMED', message });
  await assert.rejects(tmdb.movie(1), unusable(/not JSON.*<html>Sign in/));
  await assert.rejects(tmdb.movie(2), unusable(/gzip/));
  await assert.rejects(tmdb.movie(4), unusable(/GET \/movie\/4: .*the body: /));
  await assert.rejects(tmdb.credits(5), unusable(/it has none of id, cast, crew/));
  await assert.rejects(tmdb.movie(6), unusable(/id: it is that of another movie/));
  await assert.rejects(tmdb.credits(8), unusable(/id: it is that of another movie/));
  await assert.rejects(tmdb.reviews(9, 1), unusable(/id: it is that of another movie/));
  assert.equal(tmdb.retries, 7);
});

test('compressed answers are asked for and taken', async (t) => {
  const { url, seen } = await serveHttp(t, (_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify(MOVIE)));
  });
  assert.equal((await client(t, url).movie(7)).body?.title, 'The Film');
  assert.equal(seen[0]?.headers['accept-encoding'], 'gzip');
});

test("TMDb's own message is cut to a length", async (t) => {
  const long = 'Invalid. '.repeat(100_000);
  const bodies = [
    { status_code: 5, status_message: long },
    { errors: [long] },
    { errors: Array(9_000).fill('Invalid.') },
  ];
  for (const body of bodies) {
    const { url } = await serveHttp(t, (_seen, response) => json(response, body, 400));
    await assert.rejects(client(t, url).movie(7), (error: Error) => {
      assert.match(error.message, /400 \(Invalid\./);
      return error.message.length < 400;
    });
  }
});

test('large answers come whole', async (t) => {
  const crew = Array.from({ length: 5000 }, (_, index) => ({
    ...CREW_MEMBER,
    id: index + 1,
    credit_id: `credit ${index}`,
  }));
  const { url } = await serveHttp(t, (_seen, response) => json(response, { id: 7, cast: [], crew }));
  assert.equal((await client(t, url).credits(7)).body?.crew.length, 5000);
});

test('requests at once, and in a second, are bounded', async (t) => {
  let open = 0;
  let most = 0;
  const times: number[] = [];
  const { url } = await serveHttp(t, (_seen, response) => {
    open += 1;
    most = Math.max(most, open);
    times.push(Date.now());
    setTimeout(() => {
      open -= 1;
      json(response, { cast: [], crew: [] });
    }, 20);
  });
  const tmdb = client(t, url, {
    concurrency: 3,
    requestRate: createRequestRate(10, new AbortController().signal),
  });
  await Promise.all(Array.from({ length: 25 }, (_, index) => tmdb.credits(index + 1)));
  assert.ok(most <= 3, `${most} at once`);
  // Times are the server's: a request may arrive some milliseconds later than it left.
  const crowded = times.filter((time, index) => time - (times[index - 10] ?? -Infinity) < 950);
  assert.deepEqual(crowded, []);
});

test('a server that returns only errors fails all requests, with its last error', async (t) => {
  const errors: readonly ((response: ServerResponse) => void)[] = [
    (response) => json(response, { status_code: 11, status_message: 'Internal error.' }, 500),
    (response) => response.writeHead(403).end('blocked'),
    (response) => response.end('<html>Sign in'),
    (response) => json(response, { status_code: 25, status_message: 'Over the limit.' }, 429),
  ];
  for (const error of errors) {
    const { url, seen } = await serveHttp(t, (_seen, response) => error(response));
    await assert.rejects(client(t, url, { retries: 20 }).movie(7), {
      code: 'TMDB_UNUSABLE',
      exitCode: 3,
      message: /^TMDb returns only errors at http:.*, the last one: GET \/movie\/7: /,
    });
    assert.equal(seen.length, 6);
  }
});

test('refusals of everything are given up after as many requests as there are sockets', async (t) => {
  const { url } = await serveHttp(t, (_seen, response) =>
    json(response, { status_code: 10, status_message: 'Suspended API key.' }, 403),
  );
  const tmdb = client(t, url, { concurrency: 2 });
  const codes: unknown[] = [];
  for (const id of [2, 3, 4]) await tmdb.movie(id).catch((error) => codes.push(error.code));
  assert.deepEqual(codes, ['TMDB_REFUSED', 'TMDB_REFUSED', 'TMDB_UNUSABLE']);
});

test('an address proves itself by its path, by any body, or by its configuration', async (t) => {
  const notFound = { success: false, status_code: 34, status_message: 'Not found.' };
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path === '/proxy/configuration') json(response, { images: {} });
    else if (path === '/other/movie/7') json(response, MOVIE);
    else json(response, notFound, 404);
  });
  await client(t, `${url}/3`).proveAddress();
  await client(t, `${url}/proxy`).proveAddress();
  const other = client(t, `${url}/other`);
  await other.movie(7);
  await other.proveAddress();
  for (const path of ['/4', '', '/3/3', '/v3']) {
    await assert.rejects(client(t, `${url}${path}`).proveAddress(), {
      code: 'TMDB_WRONG_ADDRESS',
      exitCode: 3,
      message: /TMDB_BASE_URL/,
    });
  }
});

test('nobody there at all: unreachable, with the address', async (t) => {
  const baseUrl = `http://127.0.0.1:${await freePort()}/3`;
  await assert.rejects(client(t, baseUrl).movie(7), (error: Error & { code: string; exitCode: number }) => {
    assert.deepEqual([error.code, error.exitCode], ['TMDB_UNREACHABLE', 3]);
    assert.match(error.message, new RegExp(`${baseUrl}: .*ECONNREFUSED`));
    return true;
  });
});

test('a server that has answered before and is away for one request fails that request only', async (t) => {
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/7') json(response, MOVIE);
    else response.socket?.resetAndDestroy();
  });
  const tmdb = client(t, url, { retries: 1 });
  await tmdb.movie(7);
  await assert.rejects(tmdb.movie(2), { code: 'TMDB_CONNECTION_FAILED', exitCode: 1 });
});

test('a server that goes away for good is unreachable after as many requests as there are sockets', async (t) => {
  const { url } = await serveHttp(t, (_seen, response, nth) => {
    if (nth === 1) json(response, MOVIE);
    else response.socket?.resetAndDestroy();
  });
  const tmdb = client(t, url, { retries: 0, concurrency: 2 });
  await tmdb.movie(7);
  const codes: unknown[] = [];
  for (const id of [2, 3, 4]) await tmdb.movie(id).catch((error) => codes.push(error.code));
  assert.deepEqual(codes, ['TMDB_CONNECTION_FAILED', 'TMDB_CONNECTION_FAILED', 'TMDB_UNREACHABLE']);
});

test('once stopped, nothing more is asked, and nothing is waited for between tries', async (t) => {
  const stop = new AbortController();
  const { url, seen } = await serveHttp(t, (_seen, response) => {
    json(response, { status_code: 25, status_message: 'Over the limit.' }, 429, { 'retry-after': '60' });
    setTimeout(() => stop.abort(), 50);
  });
  const tmdb = client(t, url, { stop: stop.signal });
  await assert.rejects(tmdb.movie(1), { code: 'TMDB_RATE_LIMITED' });
  await assert.rejects(tmdb.movie(2), { code: 'INTERRUPTED' });
  assert.equal(seen.length, 1);
});
