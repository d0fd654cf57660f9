import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const typeOf = { __resolveType: ({ __typename }: { __typename: string }) => __typename };

/** `listing` resolves genres and their fields only where it provides them. */
const LISTING: Record<string, GraphPart> = {
  listing: {
    schema: `type Query { listed: [Movie] @provides(fields: "genres { id name parents { id name } }") unlisted: [Movie] }
      type Movie @key(fields: "id") { id: ID! genres: [Genre] @external }
      type Genre @key(fields: "id") { id: ID! name: String @external parents: [Genre] @external }`,
    resolvers: {
      Query: {
        listed: () => [{ id: '1', genres: [{ id: 'g', name: 'Noir', parents: [{ id: 'p', name: 'Crime' }] }] }],
        unlisted: () => [{ id: '1' }],
      },
    },
  },
  taxonomy: {
    schema: `type Movie @key(fields: "id") { id: ID! genres: [Genre] @shareable }
      type Genre @key(fields: "id") { id: ID! name: String @shareable parents: [Genre] @shareable }`,
    resolvers: {
      Movie: { __resolveReference: (movie) => movie, genres: () => [{ id: 'g' }] },
      Genre: { __resolveReference: (genre) => genre, name: ({ id }) => `genre ${id}`, parents: () => [] },
    },
  },
};

/** A union with a provided title on one member. */
const SHELF: Record<string, GraphPart> = {
  shelf: {
    schema: `type Query { shelf: [Item] @provides(fields: "... on Reel { label }") } union Item = Reel | Tape
      type Reel @key(fields: "id") { id: ID! label: String @external } type Tape @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        shelf: () => [
          { __typename: 'Reel', id: '1', label: 'from the shelf' },
          { __typename: 'Tape', id: '2' },
        ],
      },
      Item: typeOf,
    },
  },
  labels: {
    schema: `type Reel @key(fields: "id") { id: ID! label: String @shareable }
      type Tape @key(fields: "id") { id: ID! label: String @shareable }`,
    resolvers: {
      Reel: { __resolveReference: (reel) => reel, label: () => 'from the labels' },
      Tape: { __resolveReference: (tape) => tape, label: () => 'from the labels' },
    },
  },
};

/** An object's field has a narrower type than its interface's, and provides more. */
const SEQUELS: Record<string, GraphPart> = {
  sequels: {
    schema: `type Query { work: Work } interface Work { sequel: Work }
      type Serial implements Work @key(fields: "id") { id: ID! sequel: Serial @provides(fields: "parts") parts: Int @external }`,
    resolvers: {
      Query: { work: () => ({ __typename: 'Serial', id: '1' }) },
      Serial: { sequel: ({ id }) => ({ __typename: 'Serial', id: `${id}+`, parts: 12 }) },
      Work: typeOf,
    },
  },
  parts: {
    schema: `type Serial @key(fields: "id") { id: ID! parts: Int @shareable }`,
    resolvers: { Serial: { __resolveReference: (serial) => serial, parts: () => 6 } },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...LISTING, ...SHELF, ...SEQUELS });
});
after(() => graph?.stop());

/** Returns the data of an operation, and the subgraphs that were requested for it. */
async function query(text: string): Promise<[unknown, string[]]> {
  const first = graph.requests.length;
  const answer = await graph.query(text);
  return [answer, graph.requests.slice(first).map(({ subgraph }) => subgraph)];
}

test('provided fields are fetched with their field at any depth', async () => {
  assert.deepEqual(await query('{ listed { id genres { id name parents { name } } } }'), [
    { data: { listed: [{ id: '1', genres: [{ id: 'g', name: 'Noir', parents: [{ name: 'Crime' }] }] }] } },
    ['listing'],
  ]);
});

test('fields that are not provided are fetched from their own subgraph', async () => {
  assert.deepEqual(await query('{ unlisted { genres { name } } }'), [
    { data: { unlisted: [{ genres: [{ name: 'genre g' }] }] } },
    ['listing', 'taxonomy'],
  ]);
});

test('other fields of a provided object are fetched from their own subgraph', async () => {
  const [answer] = await query('{ listed { genres { name parents { parents { id } } } } }');
  assert.deepEqual(answer, { data: { listed: [{ genres: [{ name: 'Noir', parents: [{ parents: [] }] }] }] } });
});

test('fields provided for one member of a union are not provided for others', async () => {
  assert.deepEqual(await query('{ shelf { ... on Reel { id label } ... on Tape { id } } }'), [
    { data: { shelf: [{ id: '1', label: 'from the shelf' }, { id: '2' }] } },
    ['shelf'],
  ]);
  assert.deepEqual(await query('{ shelf { ... on Reel { label } ... on Tape { label } } }'), [
    { data: { shelf: [{ label: 'from the shelf' }, { label: 'from the labels' }] } },
    ['shelf', 'labels'],
  ]);
});

test('a narrower type below an interface may provide more', async () => {
  const [answer] = await query(
    '{ work { __typename sequel { __typename ... on Serial { id parts } sequel { ... on Serial { parts } } } } }',
  );
  const sequel = { __typename: 'Serial', id: '1+', parts: 12, sequel: { parts: 12 } };
  assert.deepEqual(answer, { data: { work: { __typename: 'Serial', sequel } } });
});
