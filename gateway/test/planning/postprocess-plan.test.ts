import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphOf } from '../fixtures/graph.ts';

const PRICES: Readonly<Record<string, number>> = { EUR: 9, USD: 10, GBP: 8 };

/** A shop whose `tax`, `duty` and `levy` require prices in different currencies. */
const shop = graphOf({
  stock: {
    schema: `type Query { tickets: [Ticket!]! }
        type Ticket @key(fields: "id") { id: ID! price(in: String! = "GBP"): Int seat: Seat }
        type Seat { fee(in: String!): Int }`,
    resolvers: {
      Query: { tickets: () => [{ id: 'a' }, { id: 'b' }] },
      Ticket: { __resolveReference: (ticket) => ticket, price: (_, args) => PRICES[args.in], seat: () => ({}) },
      Seat: { fee: (_, args) => (PRICES[args.in] ?? 0) * 100 },
    },
  },
  state: {
    schema: `type Ticket @key(fields: "id") {
          id: ID! price(in: String! = "GBP"): Int @external seat: Seat @external
          tax: Int @requires(fields: "price(in: \\"USD\\")")
          duty: Int @requires(fields: "price(in: \\"EUR\\")")
          levy: Int @requires(fields: "seat { fee(in: \\"USD\\") }") }
        type Seat { fee(in: String!): Int @external }`,
    resolvers: {
      Ticket: {
        __resolveReference: (ticket) => ticket,
        tax: ({ price }) => price * 2,
        duty: ({ price }) => price * 3,
        levy: ({ seat }) => seat.fee + 1,
      },
    },
  },
});

test("a required field with arguments does not replace a client's field with others", async () => {
  const { data } = await shop.execute('{ tickets { tax price(in: "GBP") dear: price(in: "USD") } }');
  assert.deepEqual(data, {
    tickets: [
      { tax: 20, price: 8, dear: 10 },
      { tax: 20, price: 8, dear: 10 },
    ],
  });
});

test("a required field does not replace a client's field with variables or default arguments", async () => {
  const byVariable = await shop.execute('query ($in: String!) { tickets { price(in: $in) tax } }', { in: 'EUR' });
  assert.deepEqual((byVariable.data as { tickets: unknown[] }).tickets[0], { price: 9, tax: 20 });
  const byDefault = await shop.execute('{ tickets { price tax } }');
  assert.deepEqual((byDefault.data as { tickets: unknown[] }).tickets[0], { price: 8, tax: 20 });
});

test('fields that require one field with different arguments are fetched separately', async () => {
  const { data, requests } = await shop.execute('{ tickets { duty levy tax } }');
  const ticket = { duty: 27, levy: 1001, tax: 20 };
  assert.deepEqual(data, { tickets: [ticket, ticket] });
  const prices = requests
    .filter(({ subgraph }) => subgraph === 'state')
    .map(({ variables }) => (variables.representations as { price: number }[])[0]?.price);
  assert.deepEqual(new Set(prices), new Set([9, 10]));
});

test('fields in nested fragments that require one field with different arguments are fetched separately', async () => {
  const { data } = await shop.execute(`{ tickets { tax ...Outer } }
    fragment Outer on Ticket { ...Inner } fragment Inner on Ticket { ...Leaves } fragment Leaves on Ticket { duty levy price }`);
  const ticket = { tax: 20, duty: 27, levy: 1001, price: 8 };
  assert.deepEqual(data, { tickets: [ticket, ticket] });
});

test('a conditional requirement keeps no other field from being fetched, and leaves no unused variable', async () => {
  const query = 'query ($yes: Boolean!) { tickets { duty tax @include(if: $yes) } }';
  const without = await shop.execute(query, { yes: false });
  assert.deepEqual((without.data as { tickets: unknown[] }).tickets[0], { duty: 27 });
  const withTax = await shop.execute(query, { yes: true });
  assert.deepEqual((withTax.data as { tickets: unknown[] }).tickets[0], { duty: 27, tax: 20 });
  for (const { query: text } of withTax.requests) {
    assert.equal(text.includes('$yes:'), text.includes('if:$yes'), text);
  }
});

test('an object keeps its type when a subgraph defines its interface as an object', async () => {
  const graph = graphOf({
    works: {
      schema: `type Query { works: [Work!]! }
        interface Work @key(fields: "id") { id: ID! }
        type Film implements Work @key(fields: "id") { id: ID! minutes: Int }`,
      resolvers: {
        Query: { works: () => [{ __typename: 'Film', id: '1' }] },
        Film: { __resolveReference: ({ id }) => ({ id }), minutes: () => 90 },
        Work: {
          __resolveReference: ({ id }: { id: string }) => ({ __typename: 'Film', id }),
          __resolveType: () => 'Film',
        },
      },
    },
    votes: {
      schema: `type Query { popular: [Work!]! } type Work @key(fields: "id") @interfaceObject { id: ID! votes: Int }`,
      resolvers: {
        Query: { popular: () => [{ id: '1' }] },
        Work: { __resolveReference: ({ id }) => ({ id }), votes: () => 5 },
      },
    },
    marks: {
      schema: `type Work @key(fields: "id") @interfaceObject { id: ID! mark: Int }`,
      resolvers: { Work: { __resolveReference: ({ id }) => ({ id }), mark: () => 3 } },
    },
  });
  const { data, requests } = await graph.execute('{ popular { ... on Film { votes id again: id minutes } mark } }');
  assert.deepEqual(data, { popular: [{ votes: 5, id: '1', again: '1', minutes: 90, mark: 3 }] });
  for (const { subgraph, variables } of requests.slice(1)) {
    const [representation] = variables.representations as { __typename: string }[];
    if (subgraph !== 'works') assert.equal(representation?.__typename, 'Work');
  }
});

test('a subgraph gets the names and arguments of its own schema', async () => {
  const { requests } = await shop.execute('{ tickets { tax levy } }');
  const asks = (name: string) => requests.find(({ subgraph }) => subgraph === name);
  assert.match(asks('stock')?.query ?? '', /\w+:price\(in:"USD"\)/);
  assert.deepEqual((asks('state')?.variables.representations as object[] | undefined)?.[0], {
    __typename: 'Ticket',
    id: 'a',
    price: 10,
    seat: { fee: 1000 },
  });
});

test('a field of an interface that is required with arguments is fetched from all of its types', async () => {
  const graph = graphOf({
    stock: {
      schema: `type Query { tickets: [Ticket!]! }
        type Ticket @key(fields: "id") { id: ID! seat: Seat }
        interface Seat { fee(in: String!): Int }
        type Box implements Seat { fee(in: String!): Int }
        type Stall implements Seat { fee(in: String!): Int }`,
      resolvers: {
        Query: { tickets: () => [{ id: 'a' }, { id: 'b' }] },
        Ticket: {
          __resolveReference: (ticket) => ticket,
          seat: ({ id }) => ({ __typename: id === 'a' ? 'Box' : 'Stall' }),
        },
        Box: { fee: (_, args) => PRICES[args.in] },
        Stall: { fee: (_, args) => (PRICES[args.in] ?? 0) * 2 },
      },
    },
    state: {
      schema: `type Ticket @key(fields: "id") {
          id: ID! seat: Seat @external levy: Int @requires(fields: "seat { fee(in: \\"EUR\\") }") }
        interface Seat { fee(in: String!): Int }
        type Box implements Seat { fee(in: String!): Int @external }
        type Stall implements Seat { fee(in: String!): Int @external }`,
      resolvers: {
        Ticket: { __resolveReference: (ticket) => ticket, levy: ({ seat }) => seat.fee },
        Seat: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      },
    },
  });
  const { data } = await graph.execute('{ tickets { levy seat { fee(in: "USD") } } }');
  assert.deepEqual(data, {
    tickets: [
      { levy: 9, seat: { fee: 10 } },
      { levy: 18, seat: { fee: 20 } },
    ],
  });
});

test('the plan returns to a subgraph by a key that it resolves, whatever the order of its keys', async () => {
  const graph = graphOf({
    shelf: {
      schema: `type Query { books: [Book!]! }
        type Book @key(fields: "isbn", resolvable: false) @key(fields: "id shelf") {
          isbn: ID! id: ID! shelf: ID! title: String @external place: String @requires(fields: "title") }`,
      resolvers: {
        Query: { books: () => [{ isbn: '1', id: 'x', shelf: 's' }] },
        Book: {
          __resolveReference: (book) => ('id' in book && 'shelf' in book ? book : null),
          place: ({ title, shelf }) => `${title} on ${shelf}`,
        },
      },
    },
    titles: {
      schema: `type Book @key(fields: "isbn") { isbn: ID! title: String }`,
      resolvers: { Book: { __resolveReference: (book) => ({ ...book, title: 'Solaris' }) } },
    },
  });
  const { data } = await graph.execute('{ books { place } }');
  assert.deepEqual(data, { books: [{ place: 'Solaris on s' }] });
});

test('a field that no subgraph can resolve is rejected', async () => {
  const graph = graphOf({
    names: {
      schema: `type Query { node: Node } interface Node @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { node: () => ({ id: '1' }) }, Node: { __resolveType: () => 'Node' } },
    },
    more: {
      schema: `type Query { other: Node } type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! size: Int }`,
      resolvers: { Query: { other: () => ({ id: '1' }) }, Node: { size: () => 3 } },
    },
  });
  assert.deepEqual((await graph.execute('{ other { size } }')).data, { other: { size: 3 } });
  await assert.rejects(graph.execute('{ node { size } }'), /No subgraph can resolve the selections of the field node/);
});

/** Films and songs that another subgraph defines as an object `Media`, with summaries that require titles. */
const media = graphOf({
  base: {
    schema: `
      type Query { media: [Media!]! film: Film }
      interface Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") { id: ID! title: String }
      type Song implements Media @key(fields: "id") { id: ID! title: String }`,
    resolvers: {
      Query: { media: () => [{ id: 'f' }, { id: 's' }], film: () => ({ id: 'f' }) },
      Media: {
        __resolveType: ({ id }: { id: string }) => (id === 'f' ? 'Film' : 'Song'),
        __resolveReference: (one: { id: string }) => ({ id: one.id }),
      },
      Film: { __resolveReference: (film) => film, title: ({ id }) => `film ${id}` },
      Song: { __resolveReference: (song) => song, title: ({ id }) => `song ${id}` },
    },
  },
  votes: {
    schema: `
      type Media @key(fields: "id") @interfaceObject {
        id: ID! title: String @external votes: Int! summary: String @requires(fields: "title") near(first: Int): [Int!]! }`,
    resolvers: {
      Media: {
        __resolveReference: (one: { id: string }) => one,
        votes: ({ id }: { id: string }) => id.charCodeAt(0),
        summary: ({ title }: { title: string }) => `the ${title}`,
        near: (_: unknown, { first }: { first?: number }) => [first ?? 0],
      },
    },
  },
});

test('a requirement of one type keeps no field of an interface object from the others', async () => {
  const { data, requests } = await media.execute('{ media { votes ... on Song { summary } } }');
  assert.deepEqual(data, { media: [{ votes: 102 }, { votes: 115, summary: 'the song s' }] });
  for (const { subgraph, variables } of requests) {
    if (subgraph !== 'votes') continue;
    for (const one of variables.representations as { id?: string }[]) assert.ok(one.id !== undefined);
  }
});

test('types of an interface object may have different arguments under one response key', async () => {
  const { data } = await media.execute('{ media { ... on Film { near(first: 1) } ... on Song { near(first: 2) } } }');
  assert.deepEqual(data, { media: [{ near: [1] }, { near: [2] }] });
});
