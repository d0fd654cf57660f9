import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { described, graphOf } from '../../fixtures/graph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12",
  import: ["@key", "@external", "@requires", "@shareable", "@context", "@fromContext"])`;

const SHOPS = [
  { id: 's1', currency: 'EUR', rules: { factor: 2 }, best: { id: 'a' }, items: [{ id: 'a' }, { id: 'b' }] },
  { id: 's2', currency: 'USD', rules: null, best: { id: 'b' }, items: [{ id: 'a' }] },
];

/** Items with a price in the currency of the shop above them. */
const graph = graphOf({
  shops: {
    schema: `${LINK}
      type Query { shops: [Shop!]! shop: Shop place: Place }
      union Place = Shop | Fair
      type Fair { name: String }
      type Shop @key(fields: "id") { id: ID! currency: String! rules: Rules @shareable best: Item! items: [Item!]! }
      type Rules @shareable { factor: Int }
      type Item @key(fields: "id") { id: ID! title(upper: Boolean): String }`,
    resolvers: {
      Query: { shops: () => SHOPS, shop: () => SHOPS[0], place: () => ({ __typename: 'Shop', ...SHOPS[1] }) },
      Item: { title: ({ id }, { upper }) => (upper ? id.toUpperCase() : id) },
    },
  },
  prices: {
    schema: `${LINK}
      type Query { best: String }
      type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! @external rules: Rules @external }
      type Rules @shareable { factor: Int }
      type Item @key(fields: "id") {
        id: ID!
        price(of: Int, in: String @fromContext(field: "$shop { currency }"), times: Int @fromContext(field: "$shop { rules { factor } }")): String
        related(in: String @fromContext(field: "$shop { currency }")): [Item!]!
        strict(in: String @fromContext(field: "$shop { currency }")): String
      }`,
    resolvers: {
      Item: {
        __resolveReference: (item) => item,
        price: ({ id }, args) => `${id} ${args.of ?? 1} ${args.in} ${args.times}`,
        related: (_, args) => [{ id: args.in.toLowerCase() }],
        strict: ({ id }, args) => {
          if (args.in === 'USD') throw new Error(`no ${id} in ${args.in}`);
          return args.in;
        },
      },
    },
  },
});

describe('context arguments', () => {
  test('have the values of the object above the entity', async () => {
    const { data, requests } = await graph.execute('{ shop { items { price } } }');
    assert.deepEqual(data, { shop: { items: [{ price: 'a 1 EUR 2' }, { price: 'b 1 EUR 2' }] } });
    const [, second] = requests;
    assert.equal(requests.length, 2);
    assert.deepEqual(
      Object.values(second?.variables ?? {}).filter((value) => !Array.isArray(value)),
      ['EUR', 2],
    );
  });

  test('differ between entities in one request, even for one entity at two paths', async () => {
    const { data, requests, errors } = await graph.execute(
      'query ($n: Int) { shops { items { title price(of: $n) } } }',
      {
        n: 3,
      },
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(data, {
      shops: [
        {
          items: [
            { title: 'a', price: 'a 3 EUR 2' },
            { title: 'b', price: 'b 3 EUR 2' },
          ],
        },
        { items: [{ title: 'a', price: 'a 3 USD null' }] },
      ],
    });
    assert.deepEqual(
      requests.map(({ representationCount }) => representationCount),
      [undefined, 3],
    );
  });

  test('are not in the result, whatever aliases the client uses', async () => {
    const { text } = await graph.execute('{ shops { currency: id best { price } } }');
    assert.deepEqual(JSON.parse(text), {
      shops: [
        { currency: 's1', best: { price: 'a 1 EUR 2' } },
        { currency: 's2', best: { price: 'b 1 USD null' } },
      ],
    });
  });

  test('come from an object of an abstract type', async () => {
    const { data } = await graph.execute('{ place { ... on Shop { best { price } } ... on Fair { name } } }');
    assert.deepEqual(data, { place: { best: { price: 'b 1 USD null' } } });
  });

  test('reach entities below other entities', async () => {
    const { data, errors } = await graph.execute('{ shops { best { related { price title(upper: true) } } } }');
    assert.deepEqual(errors, []);
    assert.deepEqual(data, {
      shops: [
        { best: { related: [{ price: 'eur 1 EUR 2', title: 'EUR' }] } },
        { best: { related: [{ price: 'usd 1 USD null', title: 'USD' }] } },
      ],
    });
  });

  test('have errors at the path of the entity', async () => {
    const { data, errors } = await graph.execute('{ shops { items { strict } } }');
    assert.deepEqual(data, {
      shops: [{ items: [{ strict: 'EUR' }, { strict: 'EUR' }] }, { items: [{ strict: null }] }],
    });
    assert.deepEqual(described(errors), ['shops.1.items.0.strict: no a in USD']);
  });
});

test('an entity at several paths becomes several when its context arguments differ', async () => {
  const shared = graphOf({
    lists: {
      schema: `${LINK} type Query { pages: [Page!]! }
        type Page @key(fields: "id") @context(name: "page") { id: ID! language: String! book: Book! }
        type Book @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          pages: () => ['de', 'fr', 'de'].map((language, id) => ({ id: String(id), language, book: { id: 'x' } })),
        },
      },
    },
    books: {
      schema: `${LINK} type Query { nothing: Int }
        type Book @key(fields: "id") { id: ID! chapter: Chapter! }
        type Chapter @key(fields: "id") { id: ID! }`,
      resolvers: { Book: { __resolveReference: (book) => book, chapter: ({ id }) => ({ id: `${id}1` }) } },
    },
    chapters: {
      schema: `${LINK} type Query { none: Int }
        type Page @key(fields: "id") @context(name: "of") { id: ID! language: String! @external }
        type Chapter @key(fields: "id") { id: ID! title(in: String @fromContext(field: "$of { language }")): String }`,
      resolvers: { Chapter: { __resolveReference: (chapter) => chapter, title: ({ id }, args) => `${id} ${args.in}` } },
    },
  });
  const { data, requests } = await shared.execute('{ pages { book { chapter { title } } } }');
  const page = (title: string) => ({ book: { chapter: { title } } });
  assert.deepEqual(data, { pages: [page('x1 de'), page('x1 fr'), page('x1 de')] });
  assert.equal(requests.length, 3);
});
