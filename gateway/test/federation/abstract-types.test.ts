import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const typeOf = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const movie = { __typename: 'Movie', id: 'f' };
const series = { __typename: 'Series', id: 's' };
const podcast = { __typename: 'Podcast', id: 'p' };

/** A union with one common member in two subgraphs. */
const WATCHING: Record<string, GraphPart> = {
  cinema: {
    schema: `type Query { pick: Pick @shareable cinemaPick: Pick } union Pick = Movie | Series
      type Movie @key(fields: "id") { id: ID! title: String! @shareable reels: Int! }
      type Series @key(fields: "id") { id: ID! title: String! @shareable }`,
    resolvers: {
      Query: { pick: () => movie, cinemaPick: () => series },
      Pick: typeOf,
      Movie: { __resolveReference: (given) => given, title: () => 'Stalker', reels: () => 8 },
      Series: { __resolveReference: (given) => given, title: () => 'Dekalog' },
    },
  },
  radio: {
    schema: `type Query { pick: Pick @shareable radioPick: Pick } union Pick = Movie | Podcast
      type Movie @key(fields: "id") { id: ID! title: String! @shareable score: Int! }
      type Podcast @key(fields: "id") { id: ID! title: String! @shareable minutes: Int! }`,
    resolvers: {
      Query: { pick: () => movie, radioPick: () => podcast },
      Pick: typeOf,
      Movie: { __resolveReference: (given) => given, title: () => 'Stalker', score: () => 9 },
      Podcast: { title: () => 'On film', minutes: () => 45 },
    },
  },
};

/** An interface with other types and fields in each subgraph. */
const LOANS: Record<string, GraphPart> = {
  archive: {
    schema: `type Query { items: [Item] lent: [Lendable!] } interface Item { id: ID! } interface Lendable { days: Int }
      type Disc implements Item @key(fields: "id") { id: ID! }
      type Book implements Item & Lendable @key(fields: "id") { id: ID! days: Int }`,
    resolvers: {
      Query: {
        items: () => [
          { __typename: 'Disc', id: 'd' },
          { __typename: 'Book', id: 'b', days: 14 },
        ],
        lent: () => [{ __typename: 'Book', id: 'b', days: 14 }],
      },
      Item: typeOf,
      Lendable: typeOf,
    },
  },
  counter: {
    schema: `interface Item { id: ID! } interface Lendable { days: Int }
      type Disc implements Item & Lendable @key(fields: "id") { id: ID! days: Int }`,
    resolvers: {
      Disc: { __resolveReference: (disc) => disc, days: () => 7 },
      Item: typeOf,
      Lendable: typeOf,
    },
  },
};

/** A field that is nullable in one union member only, and an inaccessible enum value. */
const MEMBERS: Record<string, GraphPart> = {
  desk: {
    schema: `type Query { members: [Member!]! } type Member { id: ID @shareable }`,
    resolvers: { Query: { members: () => [{ id: 'm' }] } },
  },
  cards: {
    schema: `type Query { holders: [Holder!]! } union Holder = Member | Guest
      type Member @key(fields: "id") { id: ID! name: String kind: Kind like: [Holder!]! }
      type Guest { id: ID name: String } enum Kind { FULL SECRET @inaccessible }`,
    resolvers: {
      Query: {
        holders: () => [
          { __typename: 'Member', id: 'm' },
          { __typename: 'Guest', id: null, name: 'nobody' },
        ],
      },
      Holder: typeOf,
      Member: {
        __resolveReference: (member) => member,
        name: () => 'Lotte',
        kind: ({ id }) => (id === 'm' ? 'SECRET' : 'FULL'),
        like: () => [
          { __typename: 'Guest', id: 'g', name: null },
          { __typename: 'Member', id: 'm2' },
        ],
      },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...WATCHING, ...LOANS, ...MEMBERS });
});
after(() => graph?.stop());

test('a subgraph gets only its own members of a union', async () => {
  const members = `{ __typename ... on Movie { title reels score } ... on Series { title } ... on Podcast { title minutes } }`;
  const { data } = await graph.query(`{ pick ${members} cinemaPick ${members} radioPick ${members} }`);
  assert.deepEqual(data, {
    pick: { __typename: 'Movie', title: 'Stalker', reels: 8, score: 9 },
    cinemaPick: { __typename: 'Series', title: 'Dekalog' },
    radioPick: { __typename: 'Podcast', title: 'On film', minutes: 45 },
  });
  for (const { subgraph, query } of graph.requests) {
    if (subgraph === 'cinema') assert.doesNotMatch(query, /Podcast/);
    if (subgraph === 'radio') assert.doesNotMatch(query, /Series/);
  }
});

test('a type can be selected by an interface of another subgraph', async () => {
  assert.deepEqual(await graph.query('{ items { id ... on Lendable { __typename days } } lent { days } }'), {
    data: {
      items: [
        { id: 'd', __typename: 'Disc', days: 7 },
        { id: 'b', __typename: 'Book', days: 14 },
      ],
      lent: [{ days: 14 }],
    },
  });
});

test('`__typename` may be selected alone, with any alias', async () => {
  assert.deepEqual((await graph.query('{ __typename items { kind: __typename } pick { __typename } }')).data, {
    __typename: 'Query',
    items: [{ kind: 'Disc' }, { kind: 'Book' }],
    pick: { __typename: 'Movie' },
  });
});

test('a field that is nullable in one union member and non-null in another is fetched for both', async () => {
  const text = `{ members { id name }
    holders { ... on Member { id name like { ... on Member { id } ... on Guest { id name } } } ... on Guest { id name } } }`;
  assert.deepEqual(await graph.query(text), {
    data: {
      members: [{ id: 'm', name: 'Lotte' }],
      holders: [
        { id: 'm', name: 'Lotte', like: [{ id: 'g', name: null }, { id: 'm2' }] },
        { id: null, name: 'nobody' },
      ],
    },
  });
});

test('an inaccessible enum value becomes null', async () => {
  const { data } = await graph.query('{ holders { ... on Member { kind like { ... on Member { kind } } } } }');
  assert.deepEqual(data, { holders: [{ kind: null, like: [{}, { kind: 'FULL' }] }, {}] });
});
