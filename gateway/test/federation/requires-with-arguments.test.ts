import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const FEES: Readonly<Record<string, number>> = { EUR: 30, USD: 40 };
const REVIEWS = [
  { id: 'r1', critic: 'c1' },
  { id: 'r2', critic: 'c2' },
  { id: 'r3', critic: 'c3' },
];

/** Three fields of `tax` require one of `rentals` with different arguments, one of them below an object. */
const RENTALS: Record<string, GraphPart> = {
  rentals: {
    schema: `type Query { prints: [Print] }
      type Print @key(fields: "can") { can: String! title: String fee(in: String!): Int reels: Int studio: Studio }
      type Studio { usualFee(in: String!): Int }`,
    resolvers: {
      Query: { prints: () => ['a', 'b'].map((can) => ({ can })) },
      Print: {
        __resolveReference: (print) => print,
        title: ({ can }) => `movie ${can}`,
        fee: ({ can }, args) => (FEES[args.in] ?? 0) * (can === 'a' ? 1 : 2),
        reels: ({ can }) => (can === 'a' ? 3 : 5),
        studio: ({ can }) => ({ can }),
      },
      Studio: { usualFee: ({ can }, args) => (FEES[args.in] ?? 0) + (can === 'a' ? 1 : 100) },
    },
  },
  tax: {
    schema: `type Print @key(fields: "can") {
        can: String! reels: Int @external fee(in: String!): Int @external studio: Studio @external
        duty: Int @requires(fields: "fee(in: \\"USD\\") reels")
        levy: Int @requires(fields: "fee(in: \\"EUR\\") reels")
        isDear: Boolean @requires(fields: "studio { usualFee(in: \\"USD\\") }") }
      type Studio @external { usualFee(in: String!): Int }`,
    resolvers: {
      Print: {
        __resolveReference: (print) => print,
        duty: ({ fee, reels }) => fee * reels,
        levy: ({ fee, reels }) => fee * reels + 1,
        isDear: ({ studio }) => studio.usualFee > 100,
      },
    },
  },
};

/** A field requires a list with an argument; another subgraph has fields of its items. */
const NOTICES: Record<string, GraphPart> = {
  notices: {
    schema: `type Query { premieres: [Premiere] } type Premiere @key(fields: "id") { id: ID! }
      type Notice @key(fields: "id") { id: ID! critic: ID body: String! }`,
    resolvers: {
      Query: { premieres: () => [{ id: 'p1' }, { id: 'p2' }] },
      Notice: { __resolveReference: ({ id }) => ({ body: '', ...REVIEWS.find((review) => review.id === id) }) },
    },
  },
  critics: {
    schema: `type Premiere @key(fields: "id") {
        id: ID! harshest: Critic @requires(fields: "notices(first: 2) { critic }") notices(first: Int!): [Notice] }
      type Notice @key(fields: "id") { id: ID! critic: ID @external }
      type Critic { id: ID! }`,
    resolvers: {
      Premiere: {
        __resolveReference: (premiere) => premiere,
        notices: ({ id }, { first }) => REVIEWS.slice(id === 'p1' ? 0 : 1, (id === 'p1' ? 0 : 1) + first),
        harshest: ({ notices }) => ({ id: notices.at(-1).critic }),
      },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...RENTALS, ...NOTICES });
});
after(() => graph?.stop());

test('fields that require one field with different arguments each get their value', async () => {
  const answer = await graph.query('{ prints { can title duty levy isDear } }');
  assert.deepEqual(answer, {
    data: {
      prints: [
        { can: 'a', title: 'movie a', duty: 120, levy: 91, isDear: false },
        { can: 'b', title: 'movie b', duty: 400, levy: 301, isDear: true },
      ],
    },
  });
});

test("the client's aliases do not affect required fields", async () => {
  const answer = await graph.query(
    '{ prints { fee: reels price: fee(in: "EUR") duty studio { usualFee(in: "EUR") } isDear } }',
  );
  assert.deepEqual(answer.data, {
    prints: [
      { fee: 3, price: 30, duty: 120, studio: { usualFee: 31 }, isDear: false },
      { fee: 5, price: 60, duty: 400, studio: { usualFee: 130 }, isDear: true },
    ],
  });
});

const premieres = [
  { harshest: { id: 'c2' }, notices: [{ id: 'r1' }] },
  { harshest: { id: 'c3' }, notices: [{ id: 'r2' }] },
];

test("a list that is required with one length has the client's length in the response", async () => {
  assert.deepEqual(await graph.query('{ premieres { harshest { id } notices(first: 1) { id } } }'), {
    data: { premieres },
  });
});

test('also by a variable with a default, and through repeated fragments', async () => {
  const text = `query ($first: Int! = 1) { premieres { harshest { id } ...One ...Other } }
    fragment One on Premiere { notices(first: $first) { id } }
    fragment Other on Premiere { notices(first: $first) { id } }`;
  assert.deepEqual(await graph.query(text), { data: { premieres } });
  assert.deepEqual((await graph.query(text, { first: 0 })).data, {
    premieres: premieres.map((premiere) => ({ ...premiere, notices: [] })),
  });
});

test('required fields do not appear in the response', async () => {
  const { data } = await graph.query('{ premieres { harshest { id } } }');
  assert.deepEqual(data, { premieres: [{ harshest: { id: 'c2' } }, { harshest: { id: 'c3' } }] });
});
