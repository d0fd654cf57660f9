import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import type { GraphQLFormattedError } from 'graphql';
import { withLockedTable } from '../end-to-end/locked-table.ts';
import { operation } from '../end-to-end/operations.ts';
import { authorizationOf } from '../end-to-end/signed-in.ts';
import type { Stack } from '../end-to-end/stack.ts';
import { recordFetch } from './recorded-fetch.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Result of an operation as a client returns it, with partial data. */
export interface ClientResult {
  readonly data?: unknown;
  readonly errors?: readonly Pick<GraphQLFormattedError, 'message' | 'extensions'>[] | undefined;
  readonly extensions?: unknown;
}

/** A GraphQL client of others. */
export interface ClientUnderTest {
  /** Executes an operation; the signal cancels it as the client's documentation describes. */
  execute(query: string, variables: Variables, signal?: AbortSignal): Promise<ClientResult>;
}

export interface ClientOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
}

export type CreateClient = (options: ClientOptions) => ClientUnderTest;

/** The contract operations and their variables. */
export const OPERATIONS: readonly { readonly name: string; readonly variables: Variables }[] = [
  { name: 'Movie', variables: { id: '603' } },
  { name: 'Person', variables: { id: '6384' } },
  { name: 'TopRated', variables: {} },
  { name: 'Browse', variables: { after: null } },
  { name: 'Search', variables: { text: 'matrix' } },
];

/** A query whose variables have every kind of value that an encoding can break. */
const FILTERED = `query Filtered($text: String!, $order: MovieOrder!, $filter: MovieFilter, $after: String, $size: PosterSize!, $adult: Boolean!) {
  searchMovies(query: $text, first: 3, includeAdult: $adult) { edges { node { id title } } }
  movies(first: 3, after: $after, orderBy: $order, filter: $filter) {
    edges { node { id title popularity revenue posterUrl(size: $size) rating { voteAverage } } }
  }
}`;
const FILTERED_VARIABLES = {
  text: 'Amélie & "Léon" + 100% 映画 🎬?',
  order: { field: 'RELEASE_DATE', direction: 'ASC' },
  filter: { genres: { any: ['878', '28'] }, voteAverage: { min: 7.25, max: null }, adult: false },
  after: null,
  size: 'W92',
  adult: false,
};

const CREATE = `mutation Create($input: CreateMovieInput!, $key: String) {
  createMovie(input: $input, idempotencyKey: $key) {
    ... on Movie { id version title genres { name } }
    ... on ValidationError { code }
    ... on NotFoundError { code }
  }
}`;

/**
 * Tests that a client executes operations as a plain HTTP request does.
 *
 * @param codings content codings of responses that the client reads
 */
export function conformanceTests(
  name: string,
  running: () => Stack,
  createClient: CreateClient,
  codings: readonly string[] = ['gzip', 'br'],
): void {
  describe(name, () => {
    let stack: Stack;
    let authorization: { authorization: string };
    before(async () => {
      stack = running();
      authorization = await authorizationOf(stack);
    });

    const client = (headers: Readonly<Record<string, string>> = {}, fetchOfClient = fetch) =>
      createClient({ url: stack.addresses.graphql, headers, fetch: fetchOfClient });
    const codes = ({ errors = [] }: ClientResult) => errors.map(({ extensions }) => extensions?.code);

    for (const { name: operationName, variables } of OPERATIONS) {
      test(`executes ${operationName}`, async () => {
        const query = operation(operationName);
        const result = await client().execute(query, variables);
        assert.deepEqual(codes(result), []);
        assert.deepEqual(withoutTypenames(result.data), await stack.graphql(query, variables));
      });
    }

    test('sends variables with Unicode, enum values, input objects and null', async () => {
      const result = await client().execute(FILTERED, FILTERED_VARIABLES);
      assert.deepEqual(codes(result), []);
      const expected = await stack.graphql<{ movies: { edges: unknown[] } }>(FILTERED, FILTERED_VARIABLES);
      assert.equal(expected.movies.edges.length, 3);
      assert.deepEqual(withoutTypenames(result.data), expected);
    });

    test('returns the errors of an invalid document, of variables and of a field', async () => {
      assert.deepEqual(codes(await client().execute('query Invalid { nothing }', {})), ['GRAPHQL_VALIDATION_FAILED']);
      const mistyped = await client().execute(operation('Movie'), { id: { not: 'an id' } });
      assert.deepEqual(codes(mistyped), ['BAD_USER_INPUT']);
      const partial = await client().execute(
        'query Partial { movie(id: "603") { id title } person(id: "6384") { filmography(first: 1000) { totalCount } } }',
        {},
      );
      assert.deepEqual(codes(partial), ['BAD_USER_INPUT']);
      assert.deepEqual(withoutTypenames(partial.data), { movie: { id: '603', title: 'The Matrix' }, person: null });
    });

    test('executes a mutation once for an idempotency key, and only with a token', async () => {
      const variables = { input: { title: 'Ein Film für 映画 🎬', genreIds: ['878'] }, key: randomUUID() };
      assert.deepEqual(codes(await client().execute(CREATE, variables)), ['UNAUTHENTICATED']);
      const first = await client(authorization).execute(CREATE, variables);
      assert.deepEqual(codes(first), []);
      const { createMovie } = withoutTypenames(first.data) as { createMovie: { id: string } };
      const { id, ...movie } = createMovie;
      assert.deepEqual(movie, { version: 1, title: variables.input.title, genres: [{ name: 'Science Fiction' }] });
      const second = await client(authorization).execute(CREATE, variables);
      assert.deepEqual(withoutTypenames(second.data), { createMovie });
      const deleted = await client(authorization).execute(
        'mutation Delete($id: ID!) { deleteMovie(id: $id, version: 1) { ... on DeletedMovie { id version } } }',
        { id },
      );
      assert.deepEqual(withoutTypenames(deleted.data), { deleteMovie: { id, version: 2 } });
    });

    test('an aborted query is cancelled down to its SQL statement', async () => {
      await withLockedTable(stack, 'movies', 'movies', async ({ waiting }) => {
        const leaving = new AbortController();
        const execution = client().execute('query Aborted { movie(id: "603") { id title } }', {}, leaving.signal);
        const outcome = assert.rejects(execution);
        await eventually(async () => assert.notEqual(await waiting(), 0));
        leaving.abort();
        // Far less than the timeouts of gateway and subgraph.
        await eventually(async () => assert.equal(await waiting(), 0), 4_000);
        await outcome;
      });
    });

    for (const coding of codings) {
      test(`reads a response that is compressed with ${coding}`, async () => {
        const { fetch: recorded, requests } = recordFetch();
        const result = await client({ 'accept-encoding': coding }, recorded).execute(operation('TopRated'), {});
        assert.deepEqual(withoutTypenames(result.data), await stack.graphql(operation('TopRated')));
        assert.equal(requests.at(-1)?.contentEncoding, coding);
      });
    }
  });
}

/** Returns a copy of data without the `__typename`s that clients with a cache select. */
export function withoutTypenames(data: unknown): unknown {
  if (data === undefined) return undefined;
  return JSON.parse(JSON.stringify(data, (key, value) => (key === '__typename' ? undefined : value)));
}
