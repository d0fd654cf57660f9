import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external", "@context", "@fromContext"])';

let graph: ServedGraph;
before(async () => {
  const shops = Array.from({ length: 60 }, (_, shop) => ({
    id: `${shop}`,
    currency: shop === 7 ? null : `C${shop}`,
    items: [{ id: 'a' }, { id: `b${shop}` }],
  }));
  graph = await startGraph({
    shops: {
      schema: `${LINK} type Query { shops(first: Int!): [Shop!]! }
        type Shop @key(fields: "id") { id: ID! currency: String items: [Item!]! }
        type Item @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { shops: (_, { first }) => shops.slice(0, first) } },
    },
    prices: {
      schema: `${LINK}
        type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String @external }
        type Item @key(fields: "id") { id: ID! price(in: String @fromContext(field: "$shop { currency }")): String }`,
      resolvers: {
        Item: { __resolveReference: (item) => item, price: ({ id }, args) => `${id} in ${args.in}` },
      },
    },
  });
});
after(() => graph?.stop());

test('each item gets the context of its shop, with 50 values in a request', async () => {
  const { data, errors } = await graph.query('{ shops(first: 60) { items { price } } }');
  assert.equal(errors, undefined);
  const expected = Array.from({ length: 60 }, (_, shop) => {
    const currency = shop === 7 ? null : `C${shop}`;
    return { items: [{ price: `a in ${currency}` }, { price: `b${shop} in ${currency}` }] };
  });
  assert.deepEqual(data, { shops: expected });
  assert.deepEqual(
    graph.requests.map(({ subgraph }) => subgraph),
    ['shops', 'prices', 'prices'],
  );
});
