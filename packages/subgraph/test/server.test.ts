import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { createContext, type StoppableContext } from '@marquee/runtime/process';
import { scalarResolvers } from '@marquee/subgraph/scalars';
import { registerGraphql } from '@marquee/subgraph/server';
import { userInputError } from '@marquee/subgraph/user-input-error';

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  scalar DateTime
  scalar LocalDate
  scalar SafeInt
  type Movie @key(fields: "id") { id: ID! title: String }
  type Query {
    movie(id: ID!): Movie
    requestId: String
    operation: String
    revenue(of: SafeInt!): SafeInt
    at: DateTime
    on(date: LocalDate!): LocalDate
    broken: String
    away: String
    zero: String
    slow: String
    wrong: String
    faults(count: Int!, text: String!, times: Int!): [String]
    sum(of: [SafeInt!]!): SafeInt
  }
  type Mutation { operation: String }
`;

function fail(error: Error): never {
  throw error;
}
const resolvers = {
  ...scalarResolvers,
  Movie: {
    __resolveReference: ({ id }: { id: string }) => (id === '404' ? null : { id, title: `Movie ${id}` }),
  },
  Query: {
    movie: (_: unknown, { id }: { id: string }) => ({ id }),
    requestId: (_: unknown, __: unknown, context: { id: string | undefined }) => context.id,
    operation: (_: unknown, __: unknown, context: { operation: string }) => context.operation,
    revenue: (_: unknown, { of }: { of: number }) => of,
    at: () => new Date('2026-11-22T10:00:00.5Z'),
    on: (_: unknown, { date }: { date: string }) => date,
    broken: () => fail(new Error('password=hunter2 at /etc/secret')),
    away: () => fail(Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' })),
    zero: () => fail(Object.assign(new Error('invalid byte sequence for encoding "UTF8": 0x00'), { code: '22021' })),
    slow: () => new Promise((resolve) => setTimeout(resolve, 300, 'done')),
    wrong: () => fail(userInputError('Pass something else.')),
    faults: (_: unknown, { count, text, times }: { count: number; text: string; times: number }) =>
      Array.from({ length: count }, () => userInputError(text.repeat(times))),
    sum: (_: unknown, { of }: { of: number[] }) => of.reduce((total, each) => total + each, 0),
  },
  Mutation: { operation: (_: unknown, __: unknown, context: { operation: string }) => context.operation },
};

describe('GraphQL server', () => {
  let ctx: StoppableContext;
  let url: string;
  before(async () => {
    ctx = createContext('movies', 'silent');
    url = await start(ctx);
  });
  after(() => ctx.stop());

  async function start(ctx: StoppableContext, introspection?: boolean): Promise<string> {
    const server = createHttpServer(ctx);
    await registerGraphql(server, ctx, {
      typeDefs,
      resolvers,
      facts: { Movie: ['id', 'title'] },
      createContext: (request, operation) => ({ id: request.headers['x-request-id'], operation }),
      isUnavailable: (error) => (error as { code?: string }).code === 'ECONNREFUSED',
      signingKeys: [],
      ...(introspection === undefined ? {} : { introspection }),
    });
    const port = await listen(ctx, server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
    return `http://127.0.0.1:${port}/graphql`;
  }

  async function ask(query: string, variables: object = {}, at = url, operationName?: string) {
    const response = await fetch(at, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' },
      body: JSON.stringify({ query, variables, operationName }),
    });
    return (await response.json()) as {
      data?: Record<string, unknown> | null;
      errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
    };
  }

  it('answers, with a context of the request', async () => {
    const { data } = await ask('{ movie(id: "603") { id } requestId }');
    assert.deepEqual(data, { movie: { id: '603' }, requestId: 'r-1' });
  });

  it('tells the context whether the operation that is asked for reads or writes', async () => {
    assert.deepEqual((await ask('{ operation }')).data, { operation: 'query' });
    assert.deepEqual((await ask('mutation { operation }')).data, { operation: 'mutation' });
    const both = 'query Read { operation } mutation Write { operation } # mutation';
    for (const [name, kind] of Object.entries({ Read: 'query', Write: 'mutation' })) {
      assert.deepEqual((await ask(both, {}, url, name)).data, { operation: kind });
    }
  });

  it('resolves entities of a batch in their order, unknown ones to null', async () => {
    const representations = ['1', '404', '2'].map((id) => ({ __typename: 'Movie', id }));
    const { data } = await ask(
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Movie { title } } }',
      { representations },
    );
    assert.deepEqual(data, { _entities: [{ title: 'Movie 1' }, null, { title: 'Movie 2' }] });
  });

  it('gives its schema language to composition', async () => {
    const { data } = await ask('{ _service { sdl } }');
    assert.match((data as { _service: { sdl: string } })._service.sdl, /type Movie\s*@key\(fields: "id"\)/);
  });

  it('carries money beyond 32 bits, dates and times', async () => {
    const { data } = await ask('{ revenue(of: 2923706026) at on(date: "2009-12-18") }');
    assert.deepEqual(data, { revenue: 2923706026, at: '2026-11-22T10:00:00.500Z', on: '2009-12-18' });
    const { errors } = await ask('query ($of: SafeInt!, $on: LocalDate!) { revenue(of: $of) on(date: $on) }', {
      of: 2 ** 53,
      on: '2009-02-30',
    });
    assert.deepEqual(
      errors?.map((error) => error.extensions.code),
      ['BAD_USER_INPUT', 'BAD_USER_INPUT'],
    );
  });

  it('passes on errors that were raised for the caller', async () => {
    const { errors } = await ask('{ wrong }');
    assert.equal(errors?.[0]?.message, 'Pass something else.');
    assert.deepEqual(errors?.[0]?.extensions, { code: 'BAD_USER_INPUT' });
  });

  it('bounds the number, the messages and the bytes of an answer’s errors', async () => {
    const query =
      'query ($count: Int!, $text: String!, $times: Int!) { faults(count: $count, text: $text, times: $times) }';
    for (const [count, text, times] of [
      [20_000, 'x', 3],
      [1_001, '', 0],
      [1_000, 'x', 9],
      [900, 'é', 2_000],
      [900, '"', 900],
      [500, '\u0001', 5_000],
      [3, 'Did you mean ', 100_000],
    ] as const) {
      const { data, errors = [] } = await ask(query, { count, text, times });
      assert.deepEqual(data, { faults: Array.from({ length: count }, () => null) });
      const { length } = JSON.stringify(errors);
      assert.ok(length < 263_000, `${length} characters for ${count} errors of ${times} times ${text}`);
      assert.ok(errors.length <= Math.min(count, 1_001));
      assert.ok(errors.every(({ message }) => message.length <= 1_000));
      const isWhole = errors.length === count && count <= 1_000;
      assert.equal(errors.at(-1)?.extensions.code, isWhole ? 'BAD_USER_INPUT' : 'TOO_MANY_ERRORS');
    }
  });

  it('refuses documents and variables with five errors, and one that says that there are more', async () => {
    const sum = 'query ($of: [SafeInt!]!) { sum(of: $of) }';
    const refused: [query: string, variables: object][] = [
      [`{ ${Array.from({ length: 900 }, (_, index) => `field${index}`).join(' ')} }`, {}],
      [`{ requestId ${'@nothing '.repeat(500)} }`, {}],
      [`query (${Array.from({ length: 500 }, (_, index) => `$v${index}: Nothing`).join(' ')}) { requestId }`, {}],
      [sum, { of: Array.from({ length: 50_000 }, () => ({})) }],
      [sum, { of: Array.from({ length: 50_000 }, () => null) }],
      [sum, { of: Array.from({ length: 300 }, () => 'x'.repeat(800)) }],
    ];
    for (const [query, variables] of refused) {
      const { data, errors = [] } = await ask(query, variables);
      assert.equal(data, undefined);
      assert.equal(errors.length, 6, query.slice(0, 50));
      assert.ok(errors.every(({ message }) => message.length <= 1_000));
    }
  });

  it('masks unexpected errors, keeps their path, and logs them with the operation', async () => {
    const logged: object[] = [];
    ctx.logger.error = ((entry: object) => void logged.push(entry)) as typeof ctx.logger.error;
    const { data, errors } = await ask('query Secret { broken requestId }');
    assert.deepEqual(data, { broken: null, requestId: 'r-1' });
    assert.deepEqual(
      errors?.map(({ path, extensions }) => ({ path, extensions })),
      [{ path: ['broken'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    );
    assert.doesNotMatch(JSON.stringify(errors), /hunter2|secret/i);
    assert.equal(logged.length, 1);
    const [entry] = logged as { err: Error; path: string; operationName: string; query: string; requestId: string }[];
    assert.match(entry?.err.message ?? '', /hunter2/);
    assert.deepEqual(
      { path: entry?.path, operationName: entry?.operationName, query: entry?.query, requestId: entry?.requestId },
      { path: 'broken', operationName: 'Secret', query: 'query Secret { broken requestId }', requestId: 'r-1' },
    );
  });

  it('says that it is unavailable while the database is away, and nothing of where it is', async () => {
    const { errors } = await ask('{ away }');
    assert.deepEqual(errors?.[0]?.extensions, { code: 'SERVICE_UNAVAILABLE' });
    assert.doesNotMatch(JSON.stringify(errors), /10\.0\.0\.7|ECONNREFUSED/);
  });

  it('calls text that Postgres cannot hold the caller’s mistake', async () => {
    const { errors } = await ask('{ zero }');
    assert.deepEqual(errors?.[0]?.extensions, { code: 'BAD_USER_INPUT' });
    assert.match(errors?.[0]?.message ?? '', /U\+0000/);
  });

  it('refuses batches and requests that a browser sends without a preflight', async () => {
    const batch = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ requestId }' }]),
    });
    assert.equal(batch.status, 400);
    const simple = await fetch(`${url}?query=${encodeURIComponent('{ requestId }')}`);
    assert.equal(simple.status, 400);
    assert.match(await simple.text(), /CSRF/);
  });

  it('answers as GraphQL over HTTP asks for', async () => {
    const json = { 'content-type': 'application/json' };
    const post = (body: object | string, headers: Record<string, string> = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { ...json, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const code = async (response: Response) =>
      ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code;
    const query = '{ requestId }';
    const cases: [Response, number, string][] = [
      [await post({ query: '{' }), 400, 'GRAPHQL_PARSE_FAILED'],
      [await post({ query: '{ nothing }' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
      [await post({ query, operationName: 'Other' }), 400, 'OPERATION_RESOLUTION_FAILURE'],
      [await post({ query: 'query ($id: ID!) { movie(id: $id) { id } }' }), 400, 'BAD_USER_INPUT'],
      [await post({}), 400, 'BAD_REQUEST'],
      [await post({ query, variables: [] }), 400, 'BAD_REQUEST'],
      [await post({ query: { kind: 'Document' } }), 400, 'BAD_REQUEST'],
      [await post({ query }, { accept: 'text/html' }), 406, 'BAD_REQUEST'],
      [await post(query, { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
      [await fetch(`${url}?query=mutation{operation}`, { headers: json }), 405, 'BAD_REQUEST'],
    ];
    for (const [response, status, expected] of cases) {
      assert.deepEqual([response.status, await code(response)], [status, expected]);
    }
    const got = await fetch(`${url}?query=${encodeURIComponent(query)}`, {
      headers: { 'apollo-require-preflight': 'yes', accept: 'application/graphql-response+json' },
    });
    assert.equal(got.status, 200);
    assert.equal(got.headers.get('content-type'), 'application/graphql-response+json; charset=utf-8');
    assert.deepEqual(await got.json(), { data: { requestId: null } });
  });

  it('hides its schema, and hints of it, where introspection is off', async () => {
    const closed = createContext('movies', 'silent');
    try {
      const at = await start(closed, false);
      const introspection = await ask('{ __schema { types { name } } }', {}, at);
      assert.equal(introspection.errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
      const typo = await ask('{ requestIt }', {}, at);
      assert.doesNotMatch(JSON.stringify(typo.errors), /requestId/);
    } finally {
      await closed.stop();
    }
    assert.ok((await ask('{ __schema { types { name } } }')).data);
  });

  it('answers what is under way when it stops', { timeout: 10_000 }, async () => {
    const draining = createContext('movies', 'silent');
    const at = await start(draining);
    const answer = ask('{ slow }', {}, at);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await draining.stop();
    assert.deepEqual((await answer).data, { slow: 'done' });
    await assert.rejects(fetch(at));
  });
});
