import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

/** Executed mutations, in order. */
const done: string[] = [];

function doing<T>(what: string, result: T): T {
  done.push(what);
  return result;
}

/** A shared root field with fields of its own in each subgraph, which no key reaches. */
const TICKETS: Record<string, GraphPart> = {
  prices: {
    schema: `type Query { ticket: Ticket! @shareable tickets: [Ticket!]! @shareable }
      type Ticket { id: ID! @shareable price: Price! } type Price { cents: Int! }
      type Mutation { reserve(seat: Int!): Seat! pay(seat: Int!): Seat! }
      type Seat @key(fields: "id") { id: ID! paid: Boolean! }`,
    resolvers: {
      Query: {
        ticket: () => ({ id: 't1', price: { cents: 900 } }),
        tickets: () => [1, 2].map((n) => ({ id: `t${n}`, price: { cents: n * 900 } })),
      },
      Mutation: {
        reserve: (_, { seat }) => doing(`reserve ${seat}`, { id: seat, paid: false }),
        pay: (_, { seat }) => doing(`pay ${seat}`, { id: seat, paid: true }),
      },
    },
  },
  rooms: {
    schema: `type Query { ticket: Ticket! @shareable tickets: [Ticket!]! @shareable }
      type Ticket { id: ID! @shareable room: Room! } type Room { name: String! }
      type Mutation { clean(seat: Int!): Boolean! } type Seat @key(fields: "id") { id: ID! clean: Boolean! }`,
    resolvers: {
      Query: {
        ticket: () => ({ id: 't1', room: { name: 'One' } }),
        tickets: () => ['One', 'Two'].map((name, n) => ({ id: `t${n + 1}`, room: { name } })),
      },
      Mutation: { clean: (_, { seat }) => doing(`clean ${seat}`, true) },
      Seat: { __resolveReference: (seat) => seat, clean: ({ id }) => done.includes(`clean ${id}`) },
    },
  },
};

/** An overridden field, and one overridden from a subgraph that does not exist. */
const MOVED: Record<string, GraphPart> = {
  old: {
    schema: `type Query { news: [News] } type News @key(fields: "id") { id: ID! at: String! @shareable by: String! }`,
    resolvers: {
      Query: { news: () => [{ id: 'n', at: 'old', by: 'old' }] },
      News: { __resolveReference: ({ id }) => ({ id, at: 'old', by: 'old' }) },
    },
  },
  fresh: {
    schema: `type News @key(fields: "id") { id: ID! at: String! @shareable @override(from: "gone")
        by: String! @override(from: "old") line: String! @requires(fields: "secret") secret: String! @external }`,
    resolvers: {
      News: {
        __resolveReference: (news) => news,
        by: () => 'fresh',
        at: () => 'fresh',
        line: ({ secret }) => `by ${secret}`,
      },
    },
  },
  desk: {
    schema: `type News @key(fields: "id") { id: ID! secret: String! @inaccessible }
      type Query { find(filter: Filter): [News] } input Filter { first: Int! after: Int }`,
    resolvers: {
      Query: { find: () => [] },
      News: { __resolveReference: (news) => news, secret: ({ id }) => `editor of ${id}` },
    },
  },
  index: {
    schema: `type Query { findToo(filter: Filter): [News] } input Filter { first: Int! } type News @key(fields: "id") { id: ID! }`,
    resolvers: { Query: { findToo: (_, { filter }) => [{ id: `i${filter.first}` }] } },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...TICKETS, ...MOVED });
});
after(() => graph?.stop());

test('a shared root field is fetched from each subgraph for its fields', async () => {
  assert.deepEqual(
    await graph.query('{ ticket { id price { cents } room { name } } tickets { room { name } price { cents } } }'),
    {
      data: {
        ticket: { id: 't1', price: { cents: 900 }, room: { name: 'One' } },
        tickets: [
          { room: { name: 'One' }, price: { cents: 900 } },
          { room: { name: 'Two' }, price: { cents: 1800 } },
        ],
      },
    },
  );
});

test('mutations of several subgraphs run in sequence, each with its entity fetches', async () => {
  const text = `mutation { a: reserve(seat: 7) { id clean } clean(seat: 7) b: pay(seat: 7) { paid clean } c: reserve(seat: 8) { id } }`;
  assert.deepEqual(await graph.query(text), {
    data: { a: { id: '7', clean: false }, clean: true, b: { paid: true, clean: true }, c: { id: '8' } },
  });
  assert.deepEqual(done, ['reserve 7', 'clean 7', 'pay 7', 'reserve 8']);
});

test('an overridden field is fetched from its new subgraph', async () => {
  const first = graph.requests.length;
  assert.deepEqual((await graph.query('{ news { by } }')).data, { news: [{ by: 'fresh' }] });
  assert.doesNotMatch(graph.requests[first]?.query ?? '', /\bby\b/);
  assert.deepEqual((await graph.query('{ news { at } }')).data, { news: [{ at: 'old' }] });
});

test('an inaccessible field can be required, but not selected', async () => {
  assert.deepEqual(await graph.query('{ news { line } }'), { data: { news: [{ line: 'by editor of n' }] } });
  assert.match((await graph.query('{ news { secret } }')).errors?.[0]?.message ?? '', /Cannot query field "secret"/);
});

test('an input type has the fields of all subgraphs in common', async () => {
  assert.deepEqual((await graph.query('{ findToo(filter: { first: 3 }) { id } }')).data, { findToo: [{ id: 'i3' }] });
  const { errors } = await graph.query('{ find(filter: { first: 3, after: 1 }) { id } }');
  assert.match(errors?.[0]?.message ?? '', /Field "after" is not defined/);
});

test('skipped fields are not fetched', async () => {
  const text = 'query ($all: Boolean!) { news { at by @include(if: $all) } }';
  const first = graph.requests.length;
  assert.deepEqual((await graph.query(text, { all: false })).data, { news: [{ at: 'old' }] });
  assert.deepEqual(
    graph.requests.slice(first).map(({ subgraph }) => subgraph),
    ['old'],
  );
  assert.deepEqual((await graph.query(text, { all: true })).data, { news: [{ at: 'old', by: 'fresh' }] });
});
