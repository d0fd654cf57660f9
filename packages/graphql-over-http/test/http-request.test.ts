import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fastify from 'fastify';
import { paramsOf, responseTypeFor } from '../src/http-request.ts';

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

test('what carries no operation is refused with a reason', async () => {
  const bodies: [body: string, message: RegExp][] = [
    ['{}', /Missing query/],
    ['[]', /must be an object|Missing query/],
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

test('the media type of the answer is the one that was asked for', () => {
  const table: [accept: string | undefined, type: string | undefined][] = [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/graphql-response+json; charset=utf-8, application/json', 'application/graphql-response+json'],
    ['text/html', undefined],
  ];
  for (const [accept, type] of table) assert.equal(responseTypeFor(accept), type, accept);
});
