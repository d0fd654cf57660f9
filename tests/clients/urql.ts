import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Client, cacheExchange, fetchExchange, gql, type ClientOptions as UrqlOptions } from '@urql/core';
import { cacheExchange as graphcache } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { persistedExchange } from '@urql/exchange-persisted';
import { operation } from '../end-to-end/operations.ts';
import type { Stack } from '../end-to-end/stack.ts';
import { type ClientOptions, type ClientUnderTest, conformanceTests, withoutTypenames } from './client-conformance.ts';
import { kindOf } from './document-kind.ts';
import { recordFetch } from './recorded-fetch.ts';

/** Settings for the contract operations, of which some select no id of an object: it then belongs to its parent. */
const embedding = { logger: () => undefined };

type Options = Pick<UrqlOptions, 'exchanges' | 'preferGetMethod'>;

function createUrql({ url, headers, fetch }: ClientOptions, options: Options): Client {
  return new Client({ url, fetch, fetchOptions: { headers }, ...options });
}

function underTest(client: Client): ClientUnderTest {
  return {
    execute(query, variables, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<{ data?: unknown; errors?: never[] }>();
      const results = kindOf(query) === 'mutation' ? client.mutation(query, variables) : client.query(query, variables);
      const subscription = results.subscribe(({ data, error }) => {
        if (error?.networkError) reject(error.networkError);
        else resolve({ data, errors: error?.graphQLErrors as never[] });
      });
      signal?.addEventListener('abort', () => {
        subscription.unsubscribe();
        reject(signal.reason);
      });
      return promise;
    },
  };
}

/** Tests of urql. */
export function urqlTests(running: () => Stack): void {
  const exchanges = [cacheExchange, fetchExchange];
  const clients: Record<string, Options> = {
    'urql with its defaults, which are GET for queries': { exchanges },
    'urql by POST': { exchanges, preferGetMethod: false },
    'urql with a normalised cache': { exchanges: [graphcache(embedding), fetchExchange] },
    'urql with automatic persisted queries': {
      exchanges: [cacheExchange, persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange],
    },
  };
  for (const [name, options] of Object.entries(clients)) {
    conformanceTests(name, running, (given) => underTest(createUrql(given, options)));
  }

  describe('urql', () => {
    let stack: Stack;
    before(() => {
      stack = running();
    });

    test('sends queries by GET, and those of more than 2,048 characters by POST', async () => {
      const { fetch, requests } = recordFetch();
      const client = createUrql({ url: stack.addresses.graphql, headers: {}, fetch }, { exchanges });
      await client.query(operation('Search'), { text: 'matrix' }).toPromise();
      const long = await client.query(operation('Search'), { text: 'x'.repeat(2_000) }).toPromise();
      assert.deepEqual(
        requests.map(({ method }) => method),
        ['GET', 'POST'],
      );
      assert.equal(long.error?.graphQLErrors[0]?.extensions.code, 'BAD_USER_INPUT');
    });

    test('joins pages in the normalised cache with relayPagination', async () => {
      const { fetch } = recordFetch();
      const cache = graphcache({ ...embedding, resolvers: { Query: { movies: relayPagination() } } });
      const client = createUrql(
        { url: stack.addresses.graphql, headers: {}, fetch },
        { exchanges: [cache, fetchExchange] },
      );
      const query = gql(operation('Browse'));
      type Page = { movies: { edges: object[]; pageInfo: { endCursor: string } } };
      const { data: first } = await client.query<Page>(query, {}).toPromise();
      const { data: both } = await client.query<Page>(query, { after: first?.movies.pageInfo.endCursor }).toPromise();
      const pages = [await stack.graphql<Page>(operation('Browse'), {})];
      const after = pages[0]?.movies.pageInfo.endCursor;
      pages.push(await stack.graphql<Page>(operation('Browse'), { after }));
      assert.deepEqual(
        withoutTypenames(both?.movies.edges),
        pages.flatMap(({ movies }) => movies.edges),
      );
    });
  });
}
