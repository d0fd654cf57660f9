import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fastify from 'fastify';
import { paramsOf, prefersHtml, responseTypeFor } from '../src/http-request.ts';

const server = fastify();
let url: string;

before(async () => {
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: async (request, reply) => {
      const params = await paramsOf(request);
      if (!('errors' in params)) return params;
      const { status, headers = {}, errors } = params;
      return reply
        .code(status)
        .headers(headers)
        .send({ code: errors[0]?.extensions.code, message: errors[0]?.message });
    },
  });
  url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
});
after(() => server.close());

const JSON_TYPE = { 'content-type': 'application/json' };

test('the parameters of POST and GET are the same', async () => {
  const params = { query: 'query A { a }', operationName: 'A', variables: { b: [1] }, extensions: { c: null } };
  const posted = await fetch(url, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(params) });
  assert.deepEqual(await posted.json(), params);
  const { query, operationName, variables, extensions } = params;
  const search = new URLSearchParams({
    query,
    operationName,
    variables: JSON.stringify(variables),
    extensions: JSON.stringify(extensions),
  });
  const got = await fetch(`${url}?${search}`, { headers: { 'apollo-require-preflight': 'true' } });
  assert.deepEqual(await got.json(), params);
});

test('a body has no part that is nested deeper than parameters may be', async () => {
  const nested = (open: string, levels: number, close: string) => `${open.repeat(levels)}1${close.repeat(levels)}`;
  for (const parameter of ['variables', 'extensions', 'nothing', 'id']) {
    for (const [open, close] of [
      ['{"a":', '}'],
      ['{"a":[', ']}'],
      ['{"a":[[', ']]}'],
    ] as const) {
      const levels = open.length - 4;
      for (const [count, status] of [
        [Math.floor(200 / levels), 200],
        [Math.floor(200 / levels) + 1, 400],
        [20_000, 400],
      ] as const) {
        const body = `{"query":"{ a }","${parameter}":${nested(open, count, close)}}`;
        const response = await fetch(url, { method: 'POST', headers: JSON_TYPE, body });
        assert.equal(response.status, status, `${count} of ${open} in ${parameter}`);
        if (status === 400)
          assert.match(((await response.json()) as { message: string }).message, /at most 200 levels/);
      }
    }
  }
});

test('what carries no operation is refused with a reason', async () => {
  const bodies: [body: string, message: RegExp][] = [
    ['{}', /Missing query/],
    ['[]', /Batches are not supported/],
    ['[{"query":"{ a }"}]', /Batches are not supported/],
    ['[1,2,3]', /Batches are not supported/],
    ['"{\\"query\\":\\"{ a }\\"}"', /one JSON object/],
    ['true', /one JSON object/],
    ['7', /one JSON object/],
    ['null', /Missing body/],
    ['{"query":1}', /Invalid query/],
    ['{"query":"{ a }","variables":[]}', /Invalid variables/],
    ['{"query":"{ a }","operationName":5}', /Invalid operationName/],
  ];
  for (const [body, message] of bodies) {
    const response = await fetch(url, { method: 'POST', headers: JSON_TYPE, body });
    const answer = (await response.json()) as { code: string; message: string };
    assert.equal(response.status, 400, body);
    assert.equal(answer.code, 'BAD_REQUEST');
    assert.match(answer.message, message);
  }
});

test('what a form of another site could send is refused', async () => {
  const got = await fetch(`${url}?query=%7Ba%7D`);
  assert.equal(got.status, 400);
  assert.match(await got.text(), /Cross-Site Request Forgery/);
  const text = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"query":"{ a }"}',
  });
  assert.equal(text.status, 415);
});

test('a GET that only a script can send is answered where no cookie counts', async () => {
  const request = (headers: Record<string, string>) => ({
    method: 'GET',
    url: '/graphql?query=%7Ba%7D',
    headers,
    body: null,
    raw: undefined as never,
  });
  const table: [headers: Record<string, string>, withoutCookies: boolean, withCookies: boolean][] = [
    [{ accept: 'application/graphql-response+json' }, true, false],
    [{ accept: 'Application/GraphQL-Response+JSON; charset="utf-8", */*;q=0.1' }, true, false],
    [{ accept: 'text/event-stream, application/graphql-response+json;q=0.9' }, true, false],
    [{ accept: 'application/graphql-response+json;q=0, */*' }, false, false],
    [{ accept: 'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8' }, false, false],
    [{ accept: 'image/avif, image/webp, */*' }, false, false],
    [{ accept: 'application/json' }, false, false],
    [{}, false, false],
    [{ 'content-type': 'text/plain' }, false, false],
    [{ 'content-type': 'text/plain;application/json' }, false, false],
    [{ 'content-type': 'Application/JSON ; charset="utf-8"' }, true, true],
    [{ 'x-apollo-operation-name': 'A' }, true, true],
  ];
  for (const [headers, withoutCookies, withCookies] of table) {
    for (const [usesCookies, expected] of [[false, withoutCookies] as const, [true, withCookies] as const]) {
      const params = await paramsOf(request(headers), { usesCookies });
      assert.equal('query' in params, expected, JSON.stringify({ headers, usesCookies }));
    }
  }
});

test('a content type is read as RFC 9110 has it', async () => {
  const types: [type: string, status: number][] = [
    ['application/json; charset="utf-8"', 200],
    ['application/json;charset=UTF-8', 200],
    ['Application/JSON ;  Charset="UTF\\-8" ; profile="a;b"', 200],
    ['application/json;', 200],
    ['application/json; charset=us-ascii', 200],
    ['application/json\t;\tcharset=utf-8', 200],
    ['application/json; charset=utf-16', 415],
    ['application/json; charset="iso-8859-1"', 415],
    ['text/plain; charset=utf-8', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/graphql', 415],
    ['json', 415],
  ];
  for (const [type, status] of types) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: '{"query":"{ a }"}' });
    assert.equal(response.status, status, type);
  }
  const charset = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-16' },
    body: '{"query":"{ a }"}',
  });
  const { code, message } = (await charset.json()) as { code: string; message: string };
  assert.equal(code, 'UNSUPPORTED_MEDIA_TYPE');
  assert.match(message, /charset/);
  const none = await fetch(`${url}?query=%7Ba%7D`, { method: 'POST' });
  assert.equal(none.status, 415);
});

test('a query of a URL may hold question marks', async () => {
  const search = 'query={a(b:"really??")}&variables={"c":"?"}';
  const got = await fetch(`${url}?${search}`, { headers: { 'apollo-require-preflight': 'true' } });
  assert.deepEqual(await got.json(), { query: '{a(b:"really??")}', variables: { c: '?' } });
});

test('a browser that opens the endpoint prefers a page, a client an answer', () => {
  const table: [accept: string | undefined, page: boolean][] = [
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', true],
    ['text/html, */*;q=0.1', true],
    ['TEXT/HTML', true],
    ['text/html;q=0.5, application/json', false],
    ['application/json, text/html', false],
    ['*/*', false],
    ['text/html;q=0', false],
    [undefined, false],
  ];
  for (const [accept, page] of table) assert.equal(prefersHtml(accept), page, accept);
});

test('the media type of the answer is the one that was asked for', () => {
  const table: [accept: string | undefined, type: string | undefined][] = [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/graphql-response+json; charset=utf-8, application/json', 'application/graphql-response+json'],
    ['application/json, application/graphql-response+json', 'application/graphql-response+json'],
    ['application/json, application/graphql-response+json;q=0.5', 'application/json'],
    ['application/graphql-response+json;q=0, */*', 'application/json'],
    ['application/json;q=0, */*', 'application/graphql-response+json'],
    ['APPLICATION/*;q=0.3', 'application/json'],
    ['text/html, application/json;q=0.001', 'application/json'],
    ['application/json;q=0', undefined],
    ['application/json;q=0, application/graphql-response+json;q=0', undefined],
    ['text/html', undefined],
    ['', undefined],
  ];
  for (const [accept, type] of table) assert.equal(responseTypeFor(accept), type, accept);
});
