import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { ApolloClient, type ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { relayStylePagination } from '@apollo/client/utilities';
import { filter, firstValueFrom } from 'rxjs';
import { operation } from '../end-to-end/operations.ts';
import { authorizationOf, signedIn } from '../end-to-end/signed-in.ts';
import type { Stack } from '../end-to-end/stack.ts';
import { type ClientOptions, conformanceTests, withoutTypenames } from './client-conformance.ts';
import { kindOf } from './document-kind.ts';
import { type RecordedFetch, recordFetch } from './recorded-fetch.ts';

type CreateLink = (options: ClientOptions) => ApolloLink;
interface Page {
  readonly movies: {
    readonly edges: readonly object[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const byPost: CreateLink = ({ url: uri, ...options }) => new HttpLink({ uri, ...options });
const byGet: CreateLink = ({ url: uri, ...options }) => new HttpLink({ uri, ...options, useGETForQueries: true });
const persisted: CreateLink = (options) =>
  new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(byPost(options));

/** Tests of Apollo Client 4. */
export function apolloClientTests(running: () => Stack): void {
  const links = { 'by POST': byPost, 'by GET': byGet, 'with automatic persisted queries by GET': persisted };
  for (const [name, createLink] of Object.entries(links)) {
    conformanceTests(`Apollo Client ${name}`, running, (options) => {
      const client = new ApolloClient({ link: createLink(options), cache: new InMemoryCache() });
      return {
        async execute(query, variables, signal) {
          const shared = { variables, errorPolicy: 'all', context: { fetchOptions: { signal } } } as const;
          const { data, error } =
            kindOf(query) === 'mutation'
              ? await client.mutate({ mutation: gql(query), ...shared })
              : await client.query({ query: gql(query), ...shared });
          if (error === undefined) return { data };
          if (!CombinedGraphQLErrors.is(error)) throw error;
          return { data, errors: error.errors };
        },
      };
    });
  }

  describe('Apollo Client', () => {
    let stack: Stack;
    let recorded: RecordedFetch;
    before(() => {
      stack = running();
    });
    const client = (createLink: CreateLink, typePolicies = {}) => {
      recorded = recordFetch();
      const link = createLink({ url: stack.addresses.graphql, headers: {}, fetch: recorded.fetch });
      return new ApolloClient({
        link,
        cache: new InMemoryCache({ typePolicies }),
        incrementalHandler: new Defer20220824Handler(),
      });
    };

    test('normalises entities of several subgraphs by __typename and id', async () => {
      const apollo = client(byPost);
      await apollo.query({ query: gql(operation('TopRated')) });
      await apollo.query({ query: gql(operation('Movie')), variables: { id: '603' } });
      await apollo.query({ query: gql(operation('Movie')), variables: { id: '603' } });
      assert.equal(recorded.requests.length, 2, 'the second read is from the cache');
      const cached = apollo.cache.extract() as Record<string, { title?: string; name?: string; edges?: object[] }>;
      assert.equal(cached['Movie:603']?.title, 'The Matrix');
      assert.equal(cached['Person:6384']?.name, 'Keanu Reeves');
      const { topRated } = await stack.graphql<{ topRated: { edges: { node: { id: string } }[] } }>(
        operation('TopRated'),
      );
      for (const { node } of topRated.edges) assert.ok(cached[`Movie:${node.id}`], node.id);
    });

    test('updates a cached movie with the result of a mutation', async () => {
      const graphql = await signedIn(stack);
      const { createMovie } = await graphql<{ createMovie: { id: string } }>(
        'mutation { createMovie(input: { title: "Cached" }) { ... on Movie { id } } }',
      );
      const headers = await authorizationOf(stack);
      const apollo = client((options) => byPost({ ...options, headers }));
      const query = gql('query Cached($id: ID!) { movie(id: $id) { id title version } }');
      await apollo.query({ query, variables: createMovie });
      await apollo.mutate({
        mutation: gql(
          `mutation Rename($id: ID!) { updateMovie(id: $id, version: 1, input: { title: "Renamed" }) {
            ... on Movie { id title version }
          } }`,
        ),
        variables: createMovie,
      });
      const { data } = await apollo.query({ query, variables: createMovie });
      assert.deepEqual(withoutTypenames(data), { movie: { ...createMovie, title: 'Renamed', version: 2 } });
      assert.equal(recorded.requests.length, 2, 'the last read is from the cache');
      await graphql('mutation ($id: ID!) { deleteMovie(id: $id, version: 2) { __typename } }', createMovie);
    });

    test('joins pages with relayStylePagination and fetchMore', async () => {
      const apollo = client(byPost, { Query: { fields: { movies: relayStylePagination(['orderBy', 'filter']) } } });
      const query = gql(operation('Browse'));
      const observable = apollo.watchQuery<Page>({ query });
      const first = await firstValueFrom(observable.pipe(filter(({ dataState }) => dataState === 'complete')));
      let after = (first.data as Page).movies.pageInfo.endCursor;
      for (let page = 2; page <= 3; page++) {
        const { data } = await observable.fetchMore({ variables: { after } });
        after = (data as Page).movies.pageInfo.endCursor;
      }
      const { data: joined } = await apollo.query<Page>({ query });
      const expected: object[] = [];
      for (let cursor: string | null = null; expected.length < 60; ) {
        const { movies }: Page = await stack.graphql<Page>(operation('Browse'), { after: cursor });
        expected.push(...movies.edges);
        cursor = movies.pageInfo.endCursor;
      }
      assert.deepEqual(withoutTypenames(joined?.movies.edges), expected);
    });

    test('registers a persisted query at the first miss, and then sends its hash by GET', async () => {
      const apollo = client(persisted);
      // Other tests have registered the contract operations.
      const query = gql(`query Persisted${Date.now()}($id: ID!) { movie(id: $id) { id title } }`);
      for (const id of ['603', '550']) await apollo.query({ query, variables: { id } });
      assert.deepEqual(
        recorded.requests.map(({ method, url }) => [method, new URL(url).searchParams.has('query')]),
        [
          ['GET', false],
          ['POST', false],
          ['GET', false],
        ],
      );
    });

    test('receives deferred fragments after the initial result', async () => {
      const apollo = client(byPost);
      const query = gql(`query Deferred { movie(id: "603") { id title
        ... @defer { rating { voteAverage } }
        ... @defer(label: "cast") { cast(first: 2) { edges { node { character person { id name } } } } }
      } }`);
      const { promise: complete, resolve, reject } = Promise.withResolvers<unknown>();
      const states = new Set<string>();
      const subscription = apollo.watchQuery({ query }).subscribe({
        next: ({ data, dataState, error }) => {
          states.add(dataState);
          if (error) reject(error);
          else if (dataState === 'complete') resolve(data);
        },
        error: reject,
      });
      const data = await complete;
      subscription.unsubscribe();
      assert.ok(states.has('streaming'), [...states].join());
      assert.match(recorded.requests[0]?.contentType ?? '', /^multipart\/mixed/);
      const plain = (query.loc?.source.body ?? '').replaceAll(/@defer(\(.*?\))?/g, '');
      assert.deepEqual(withoutTypenames(data), await stack.graphql(plain));
    });

    test('rejects every operation of a refused batch', async () => {
      const apollo = client(({ url: uri, ...options }) => new BatchHttpLink({ uri, ...options }) as ApolloLink);
      const query = gql(operation('Movie'));
      const outcomes = await Promise.allSettled(['603', '550'].map((id) => apollo.query({ query, variables: { id } })));
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['rejected', 'rejected'],
      );
      assert.deepEqual(
        recorded.requests.map(({ status }) => status),
        [400],
      );
    });
  });
}
