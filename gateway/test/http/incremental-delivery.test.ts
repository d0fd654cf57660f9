import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const ACCEPT = 'multipart/mixed;deferSpec=20220824, application/json';

/** Releases the scores. */
let gate = Promise.withResolvers<void>();

const PARTS: Record<string, GraphPart> = {
  movies: {
    schema: `type Query { movies: [Movie!]! movie(id: ID!): Movie }
      type Movie @key(fields: "id") { id: ID! title: String sequel: Movie }
      type Mutation { add(title: String!): Movie }`,
    resolvers: {
      Query: { movies: () => ['1', '2'].map((id) => ({ id })), movie: (_, { id }) => ({ id }) },
      Mutation: { add: () => ({ id: '9' }) },
      Movie: {
        __resolveReference: (movie) => movie,
        title: ({ id }) => `movie ${id}`,
        sequel: ({ id }) => ({ id: `${id}+` }),
      },
    },
  },
  scores: {
    schema: `type Movie @key(fields: "id") { id: ID! score: Int votes: Int! critics: [Critic!] }
      type Critic @key(fields: "id") { id: ID! }`,
    resolvers: {
      Movie: {
        __resolveReference: async (movie) => {
          await gate.promise;
          return movie;
        },
        score: ({ id }) => Number.parseInt(id, 10) * 10,
        votes: ({ id }) => (id === '2' ? null : 5),
        critics: ({ id }) => [{ id: `c${id}` }],
      },
    },
  },
  names: {
    schema: `type Critic @key(fields: "id") { id: ID! name: String }`,
    resolvers: { Critic: { __resolveReference: (critic) => critic, name: ({ id }) => `critic ${id}` } },
  },
};

/** Objects of an interface in one subgraph, with concrete types in another. */
const WORKS: Record<string, GraphPart> = {
  charts: {
    schema: `type Query { popular: [Work!] } type Work @key(fields: "id") @interfaceObject { id: ID! votes: Int }`,
    resolvers: { Query: { popular: () => [{ id: 'song' }, { id: 'tape' }] }, Work: { votes: ({ id }) => id.length } },
  },
  works: {
    schema: `interface Work @key(fields: "id") { id: ID! }
      type Song implements Work @key(fields: "id") { id: ID! singer: String }
      type Tape implements Work @key(fields: "id") { id: ID! length: Int }`,
    resolvers: {
      Work: { __resolveReference: ({ id }) => ({ __typename: id === 'song' ? 'Song' : 'Tape', id }) },
      Song: { singer: () => 'somebody' },
      Tape: { length: () => 60 },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...PARTS, ...WORKS });
});
after(() => graph?.stop());
beforeEach(() => {
  gate = Promise.withResolvers();
});

interface Part {
  readonly data?: unknown;
  readonly hasNext: boolean;
  readonly incremental?: readonly {
    readonly path: readonly (string | number)[];
    readonly label?: string;
    readonly data: unknown;
    readonly errors?: readonly { readonly message: string; readonly path?: readonly unknown[] }[];
  }[];
}

function send(query: string, variables: object = {}, accept = ACCEPT, signal?: AbortSignal): Promise<Response> {
  return fetch(`${graph.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
    ...(signal && { signal }),
  });
}

/** Yields the parts of a response as they arrive; the delimiter after each ends it. */
async function* partsOf(response: Response): AsyncGenerator<Part> {
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'multipart/mixed; boundary="-"; deferSpec=20220824');
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf('\r\n---', 5); end >= 0; end = text.indexOf('\r\n---', 5)) {
      const [head = '', body = ''] = text.slice(0, end).split('\r\n\r\n');
      assert.match(head, /^\r\n---\r\nContent-Type: application\/json; charset=utf-8$/);
      yield JSON.parse(body) as Part;
      text = text.slice(end);
    }
  }
  assert.equal(text, '\r\n-----\r\n');
}

async function all(query: string, variables: object = {}): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of partsOf(await send(query, variables))) parts.push(part);
  assert.deepEqual(
    parts.map(({ hasNext }) => hasNext),
    parts.map((_, index) => index < parts.length - 1),
  );
  return parts;
}

test('a deferred fragment with a type condition applies to objects of that type', async () => {
  for (const singer of ['... on Song @defer { singer }', '... on Song { singer }']) {
    const [first, ...later] = await all(`{ popular { id ... @defer { votes ${singer} } } }`);
    assert.deepEqual(first?.data, { popular: [{ id: 'song' }, { id: 'tape' }] });
    const told = later.flatMap(({ incremental = [] }) => incremental);
    assert.deepEqual(
      ['popular.0', 'popular.1'].map((path) =>
        Object.assign({}, ...told.filter((part) => part.path.join('.') === path).map(({ data }) => data)),
      ),
      [{ votes: 4, singer: 'somebody' }, { votes: 4 }],
    );
  }
});

test('the initial result does not wait for a slow subgraph, and each list item has a deferred result', async () => {
  const parts = partsOf(await send('{ movies { title ... @defer(label: "scores") { score } } }'));
  assert.deepEqual((await parts.next()).value, {
    data: { movies: [{ title: 'movie 1' }, { title: 'movie 2' }] },
    hasNext: true,
  });
  gate.resolve();
  assert.deepEqual((await parts.next()).value, {
    incremental: [
      { data: { score: 10 }, path: ['movies', 0], label: 'scores' },
      { data: { score: 20 }, path: ['movies', 1], label: 'scores' },
    ],
    hasNext: false,
  });
  assert.ok((await parts.next()).done);
});

test('clients without incremental delivery, or with another version of it, get one result', async () => {
  gate.resolve();
  for (const accept of [
    'application/json',
    '*/*',
    'multipart/mixed, application/json',
    `${ACCEPT.split(',')[0]};q=0, */*`,
  ]) {
    const response = await send('{ movie(id: 3) { title ... @defer { score } } }', {}, accept);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(await response.json(), { data: { movie: { title: 'movie 3', score: 30 } } });
  }
});

test('a client that accepts only multipart gets an operation without @defer in one part', async () => {
  const response = await send('{ movie(id: 3) { title } }', {}, 'multipart/mixed;deferSpec=20220824');
  const parts: Part[] = [];
  for await (const part of partsOf(response)) parts.push(part);
  assert.deepEqual(parts, [{ data: { movie: { title: 'movie 3' } }, hasNext: false }]);
});

test('the condition of @defer is evaluated for each request', async () => {
  gate.resolve();
  const query =
    'query ($later: Boolean! = true) { movie(id: 3) { id ...Score @defer(if: $later) } } fragment Score on Movie { score }';
  const [first, second] = await all(query);
  assert.deepEqual(
    [first?.data, second?.incremental],
    [{ movie: { id: '3' } }, [{ data: { score: 30 }, path: ['movie'] }]],
  );
  const response = await send(query, { later: false });
  assert.deepEqual(await response.json(), { data: { movie: { id: '3', score: 30 } } });
});

test('a nested deferred fragment is delivered after its parent', async () => {
  gate.resolve();
  const parts = await all(`{ movie(id: 3) { id
    ... @defer(label: "outer") { score critics { id ... @defer(label: "inner") { name } } } } }`);
  assert.deepEqual(
    parts.slice(1).flatMap(({ incremental = [] }) => incremental),
    [
      { data: { score: 30, critics: [{ id: 'c3' }] }, path: ['movie'], label: 'outer' },
      { data: { name: 'critic c3' }, path: ['movie', 'critics', 0], label: 'inner' },
    ],
  );
});

test('null propagates up to the deferred fragment, which has the error', async () => {
  gate.resolve();
  const [first, second] = await all('{ movies { title ... @defer { votes score } } }');
  assert.deepEqual(first?.data, { movies: [{ title: 'movie 1' }, { title: 'movie 2' }] });
  const [one, two] = second?.incremental ?? [];
  assert.deepEqual(one, { data: { votes: 5, score: 10 }, path: ['movies', 0] });
  assert.equal(two?.data, null);
  assert.deepEqual(two?.path, ['movies', 1]);
  assert.deepEqual(two?.errors?.[0]?.path, ['movies', 1, 'votes']);
});

test('a mutation runs at once, and fields of its result may be deferred', async () => {
  const parts = partsOf(await send('mutation { add(title: "x") { id ... @defer { score } } }'));
  assert.deepEqual((await parts.next()).value, { data: { add: { id: '9' } }, hasNext: true });
  gate.resolve();
  const { incremental } = (await parts.next()).value as Part;
  assert.deepEqual(incremental, [{ data: { score: 90 }, path: ['add'] }]);
  const { errors } = await graph.query('mutation { ... @defer { add(title: "x") { id } } }');
  assert.equal(errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
});

test('a label is a string literal that is unique', async () => {
  const twice = await graph.query(
    '{ movie(id: 1) { ... @defer(label: "a") { id } ... @defer(label: "a") { title } } }',
  );
  assert.match(twice.errors?.[0]?.message ?? '', /is used more than once/);
  const variable = await graph.query('query ($l: String) { movie(id: 1) { ... @defer(label: $l) { id } } }');
  assert.match(variable.errors?.[0]?.message ?? '', /must be a string literal/);
});

test('a client that leaves does not affect others with the same operation', async () => {
  const query = '{ movies { title ... @defer { score } } }';
  const leaving = new AbortController();
  const response = await send(query, {}, ACCEPT, leaving.signal);
  const other = partsOf(await send(query));
  assert.equal((await other.next()).value?.hasNext, true);
  leaving.abort();
  await response.text().catch(() => {});
  await sleep(50);
  gate.resolve();
  const { incremental } = (await other.next()).value as Part;
  assert.deepEqual(
    incremental?.map(({ data }) => data),
    [{ score: 10 }, { score: 20 }],
  );
  assert.deepEqual((await all(query)).length, 2);
});

test('fetches that have not begun when the client leaves are not sent', async () => {
  const leaving = new AbortController();
  const query = '{ movies { title ... @defer { critics { name } } } }';
  const parts = partsOf(await send(query, {}, ACCEPT, leaving.signal));
  await parts.next();
  leaving.abort();
  await parts.next().catch(() => {});
  await sleep(100);
  const before = graph.requests.length;
  gate.resolve();
  await sleep(200);
  assert.deepEqual(graph.requests.slice(before), []);
});

test('clients that leave are not logged as errors', async () => {
  const query = '{ movies { title ... @defer { score } } }';
  // The initial result needs a score, so it is pending when the client leaves.
  const late = '{ movies { score ... @defer { critics { name } } } }';
  for (const text of [query, late]) {
    for (const coding of ['gzip', 'identity']) {
      gate = Promise.withResolvers<void>();
      const leaving = new AbortController();
      const answered = fetch(`${graph.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: ACCEPT, 'accept-encoding': coding },
        body: JSON.stringify({ query: text }),
        signal: leaving.signal,
      }).then((response) => response.text());
      await sleep(100);
      leaving.abort();
      await answered.catch(() => {});
      await sleep(50);
      gate.resolve();
      await sleep(100);
    }
  }
  assert.deepEqual(
    graph.log().filter(({ level }) => level === 'error'),
    [],
  );
});
