import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ApolloClient, gql as apolloGql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange, gql as urqlGql } from '@urql/core';
import { GraphQLClient } from 'graphql-request';
import relay from 'relay-runtime';
import { type GatewayProcess, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

const QUERY = 'query Movie($id: ID!) { movie(id: $id) { id title score } }';
const VARIABLES = { id: '603' };
const MOVIE = { id: '603', title: 'The Matrix', score: 8.2 };

let movies: RunningSubgraph;
let scores: RunningSubgraph;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;
let url: string;
const methods: (string | undefined)[] = [];

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
  supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
  gateway = await startGateway(supergraph.file);
  url = `${gateway.url}/graphql`;
});
after(async () => {
  await Promise.all([gateway?.stop(), movies?.stop(), scores?.stop()]);
  supergraph?.remove();
});
beforeEach(() => void methods.splice(0));

/** A `fetch` that records the methods of a client's requests. */
const noting: typeof fetch = (input, init) => {
  methods.push(init?.method ?? 'GET');
  return fetch(input, init);
};

describe('urql', () => {
  const client = (options: object = {}) =>
    new Client({ url, exchanges: [fetchExchange], fetch: noting, preferGetMethod: 'within-url-limit', ...options });

  test('with its defaults, which are GET for queries', async () => {
    const { data, error } = await new Client({ url, exchanges: [fetchExchange], fetch: noting })
      .query(QUERY, VARIABLES)
      .toPromise();
    assert.equal(error, undefined);
    assert.deepEqual(stripped(data.movie), MOVIE);
    assert.deepEqual(methods, ['GET']);
  });

  test('by POST, and with errors of both methods', async () => {
    const posted = await client({ preferGetMethod: false }).query(QUERY, VARIABLES).toPromise();
    assert.deepEqual(stripped(posted.data.movie), MOVIE);
    for (const preferGetMethod of [false, true]) {
      const { error } = await client({ preferGetMethod }).query(urqlGql('{ nothing }'), {}).toPromise();
      assert.match(error?.graphQLErrors[0]?.message ?? '', /Cannot query field "nothing"/);
    }
    assert.deepEqual(methods, ['POST', 'POST', 'GET']);
  });

  test('needs its header for GET where cookies are forwarded', async () => {
    const withCookies = await startGateway(supergraph.file, { HEADER_RULES: '{"all":[{"propagate":"cookie"}]}' });
    try {
      const options = { url: `${withCookies.url}/graphql` };
      const { error } = await client(options).query(QUERY, VARIABLES).toPromise();
      assert.match(error?.message ?? '', /CSRF/);
      const fetchOptions = { headers: { 'apollo-require-preflight': 'true' } };
      const { data } = await client({ ...options, fetchOptions })
        .query(QUERY, VARIABLES)
        .toPromise();
      assert.deepEqual(stripped(data.movie), MOVIE);
    } finally {
      await withCookies.stop();
    }
  });
});

describe('Apollo Client', () => {
  const document = apolloGql(QUERY);
  const client = (link: HttpLink | PersistedQueryLink, options: object = {}) =>
    new ApolloClient({ link: link as HttpLink, cache: new InMemoryCache(), ...options });

  test('by POST and by GET', async () => {
    for (const useGETForQueries of [false, true]) {
      const link = new HttpLink({ uri: url, fetch: noting, useGETForQueries });
      const { data } = await client(link).query<{ movie: object }>({ query: document, variables: VARIABLES });
      assert.deepEqual(stripped(data?.movie), MOVIE);
    }
    assert.deepEqual(methods, ['POST', 'GET']);
  });

  test('with automatic persisted queries by GET', async () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
    const link = persisted.concat(new HttpLink({ uri: url, fetch: noting })) as unknown as HttpLink;
    for (const id of ['603', '550']) {
      const { data } = await client(link).query<{ movie: { id: string } }>({ query: document, variables: { id } });
      assert.equal(data?.movie.id, id);
    }
    assert.equal(methods.at(-1), 'GET');
  });

  test('with @defer', async () => {
    const link = new HttpLink({ uri: url, fetch: noting });
    const query = apolloGql('{ movie(id: "603") { id title ... @defer { score } } }');
    const observable = client(link, { incrementalHandler: new Defer20220824Handler() }).watchQuery({ query });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const subscription = observable.subscribe({
      next: ({ data, dataState, error }) => (error ? reject(error) : dataState === 'complete' && resolve(data)),
      error: reject,
    });
    assert.deepEqual(stripped(((await promise) as { movie: object }).movie), MOVIE);
    subscription.unsubscribe();
  });
});

test('graphql-request, by POST and by GET', async () => {
  for (const method of ['POST', 'GET'] as const) {
    const client = new GraphQLClient(url, { method, fetch: noting });
    assert.deepEqual(await client.request(QUERY, VARIABLES), { movie: MOVIE });
  }
  assert.deepEqual(methods, ['POST', 'GET']);
});

test("Relay's network, with the fetch of its guide", async () => {
  const network = relay.Network.create(async ({ text }, variables) => {
    const response = await noting(url, {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ query: text, variables }),
    });
    return (await response.json()) as relay.GraphQLResponse;
  });
  const request = { text: QUERY, name: 'Movie', operationKind: 'query', id: null, cacheID: 'movie', metadata: {} };
  const answer = await network.execute(request as relay.RequestParameters, VARIABLES, {}).toPromise();
  assert.deepEqual(answer, { data: { movie: MOVIE } });
});

/** Removes the `__typename`s that clients' caches select. */
function stripped(object: object | undefined): object {
  const { __typename: _, ...rest } = object as { __typename?: string };
  return rest;
}
