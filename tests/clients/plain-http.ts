import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { operation } from '../end-to-end/operations.ts';
import type { Stack } from '../end-to-end/stack.ts';

/** `Accept` of requests by client, and the media type of their responses. */
const ACCEPTS: readonly { readonly client: string; readonly accept: string; readonly type: RegExp }[] = [
  { client: 'curl and Insomnia', accept: '*/*', type: /^application\/json/ },
  {
    client: 'Apollo Kotlin 4',
    accept: 'multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json',
    type: /^application\/graphql-response\+json/,
  },
  {
    client: 'Apollo Kotlin 5',
    accept: 'multipart/mixed;incrementalSpec=v0.2, application/graphql-response+json, application/json',
    type: /^application\/graphql-response\+json/,
  },
  {
    client: 'Apollo iOS',
    accept: 'multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json',
    type: /^application\/graphql-response\+json/,
  },
  {
    client: 'Apollo iOS with subscriptions',
    accept:
      'multipart/mixed;subscriptionSpec="1.0",multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json',
    type: /^application\/graphql-response\+json/,
  },
  {
    client: 'Apollo Client 3',
    accept: 'application/graphql-response+json,application/json;q=0.9',
    type: /^application\/graphql-response\+json/,
  },
  { client: 'gql of Python with httpx', accept: 'application/json, */*', type: /^application\/json/ },
  { client: 'ariadne-codegen and requests', accept: 'application/json', type: /^application\/json/ },
];

/** Headers and extensions by which the clients of Apollo Studio name themselves. */
const CLIENT_HEADERS = {
  'apollographql-client-name': 'com.example.movies-apollo-ios',
  'apollographql-client-version': '1.0-42',
  'x-apollo-operation-id': 'f2c4e0c0a4ad4c1d9ea1b1f4b1a3b2d0c9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4',
  'x-apollo-operation-name': 'Movie',
  'x-apollo-operation-type': 'query',
};
const CLIENT_LIBRARY = { clientLibrary: { name: 'apollo-ios', version: '2.0.0' } };

/** Tests of requests as tools and clients of other languages send them. */
export function plainHttpTests(running: () => Stack): void {
  describe('plain HTTP', () => {
    let url: string;
    let expected: { data: unknown };
    const query = operation('Movie');
    const variables = { id: '603' };
    before(async () => {
      url = running().addresses.graphql;
      expected = { data: await running().graphql(query, variables) };
    });

    const post = (body: unknown, headers: Record<string, string> = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });

    for (const { client, accept, type } of ACCEPTS) {
      test(`with the Accept of ${client}: ${accept}`, async () => {
        const response = await post({ query, variables }, { accept });
        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type') ?? '', type);
        assert.deepEqual(await response.json(), expected);
      });
    }

    test('with the headers and extensions of Apollo iOS and Kotlin', async () => {
      const body = { operationName: 'Movie', query, variables, extensions: CLIENT_LIBRARY };
      assert.deepEqual(await (await post(body, CLIENT_HEADERS)).json(), expected);
    });

    test('with the persisted queries of Apollo iOS and Kotlin, first missed and then found', async () => {
      const text = `query Movie { movie(id: "603") { id title } } # ${randomUUID()}`;
      const sha256Hash = createHash('sha256').update(text).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash }, ...CLIENT_LIBRARY };
      const hashed = { operationName: 'Movie', variables: {}, extensions };
      const title = { data: { movie: { id: '603', title: 'The Matrix' } } };
      const missed = await post(hashed, CLIENT_HEADERS);
      assert.equal(missed.status, 200);
      const { errors } = await missed.json();
      assert.equal(errors[0].message, 'PersistedQueryNotFound');
      assert.equal(errors[0].extensions.code, 'PERSISTED_QUERY_NOT_FOUND');
      assert.deepEqual(await (await post({ ...hashed, query: text }, CLIENT_HEADERS)).json(), title);
      assert.deepEqual(await (await post(hashed, CLIENT_HEADERS)).json(), title);
      const search = new URLSearchParams({
        operationName: 'Movie',
        variables: '{}',
        extensions: JSON.stringify(extensions),
      });
      const { 'x-apollo-operation-name': _, ...headers } = CLIENT_HEADERS;
      const found = await fetch(`${url}?${search}`, { headers: { ...headers, 'apollo-require-preflight': 'true' } });
      assert.deepEqual(await found.json(), title);
    });

    test('with @defer and another version of incremental delivery, as one complete response', async () => {
      const deferred = query
        .replace('rating {', '... @defer { rating {')
        .replace(/weightedScore\s+\}/, 'weightedScore } }');
      assert.match(deferred, /@defer/);
      const accept = 'multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9';
      const response = await post({ query: deferred, variables }, { accept });
      assert.deepEqual(await response.json(), expected);
    });

    test('with null for every optional parameter', async () => {
      const body = { query: '{ movie(id: "603") { title } }', variables: null, operationName: null, extensions: null };
      assert.deepEqual(await (await post(body)).json(), { data: { movie: { title: 'The Matrix' } } });
    });

    test('with several operations, of which operationName selects one', async () => {
      const document = `${query}\n${operation('TopRated')}`;
      assert.deepEqual(await (await post({ query: document, variables, operationName: 'Movie' })).json(), expected);
    });

    test('by curl, with Accept and compression as curl has them', async () => {
      const json = JSON.stringify({ query, variables });
      const { stdout } = await curl(url, '--compressed', '-H', 'content-type: application/json', '-d', json);
      assert.deepEqual(JSON.parse(stdout), expected);
      const { stdout: byGet } = await curl(
        ...['--get', url, '-H', 'apollo-require-preflight: true', '--data-urlencode', `query=${query}`],
        ...['--data-urlencode', `variables=${JSON.stringify(variables)}`],
      );
      assert.deepEqual(JSON.parse(byGet), expected);
    });

    test('a form body, text and a batch are refused with what to send', async () => {
      const { stdout } = await curl(url, '-w', '\n%{http_code}', '--data-urlencode', `query=${query}`);
      const [body = '', status] = stdout.split('\n');
      assert.equal(status, '415');
      assert.match(JSON.parse(body).errors[0].message, /^Send the operation as JSON, with the content type/);
      const text = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/graphql' },
        body: query,
      });
      assert.equal(text.status, 415);
      const batch = await post([{ query, variables }]);
      assert.equal(batch.status, 400);
      assert.match((await batch.json()).errors[0].message, /^Batches are not supported: send each operation/);
    });
  });
}

function curl(...args: readonly string[]) {
  return promisify(execFile)('curl', ['--silent', '--show-error', ...args]);
}
