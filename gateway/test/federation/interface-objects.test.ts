import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const typeOf = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const NAMES: Readonly<Record<string, string>> = { d1: 'Agnès', w1: 'Tony' };

/** Person is an interface in `people`, and an interface object in `handles` and `lists`. */
const PEOPLE: Record<string, GraphPart> = {
  people: {
    schema: `type Query { people: [Person!]! } interface Person @key(fields: "id") { id: ID! name: String }
      type Director implements Person @key(fields: "id") { id: ID! name: String movies: Int }
      type Writer implements Person @key(fields: "id") { id: ID! name: String drafts: Int }`,
    resolvers: {
      Query: {
        people: () => [
          { __typename: 'Director', id: 'd1' },
          { __typename: 'Writer', id: 'w1' },
        ],
      },
      Person: {
        ...typeOf,
        __resolveReference: ({ id }: { id: string }) => ({
          __typename: id.startsWith('d') ? 'Director' : 'Writer',
          id,
        }),
      },
      Director: { __resolveReference: ({ id }) => ({ id }), name: ({ id }) => NAMES[id], movies: () => 20 },
      Writer: { __resolveReference: ({ id }) => ({ id }), name: ({ id }) => NAMES[id], drafts: () => 7 },
    },
  },
  handles: {
    schema: `type Query { online: [Person] } type Person @key(fields: "id") @interfaceObject {
        id: ID! name: String @external handle: String @requires(fields: "name") since: Int }`,
    resolvers: {
      Query: { online: () => [{ id: 'w1' }, { id: 'd1' }] },
      Person: {
        __resolveReference: (person) => person,
        handle: ({ name }) => `@${name.toLowerCase()}`,
        since: ({ id }) => (id === 'd1' ? 2009 : 2013),
      },
    },
  },
  lists: {
    schema: `type Query { list: List } type List @key(fields: "id") { id: ID! of: Person }
      type Person @key(fields: "id") @interfaceObject { id: ID! }`,
    resolvers: { Query: { list: () => ({ id: 'l', of: { id: 'd1' } }) } },
  },
  agencies: {
    schema: `type Writer @key(fields: "id") { id: ID! agent: String }`,
    resolvers: { Writer: { __resolveReference: (writer) => writer, agent: ({ id }) => `agent of ${id}` } },
  },
};

/** Each subgraph has the other's interface as an unresolvable interface object. */
const ASSETS: Record<string, GraphPart> = {
  assets: {
    schema: `type Query { asset: Asset poster: Poster! } interface Asset @key(fields: "id") { id: ID! }
      type Poster @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }`,
    resolvers: {
      Query: { asset: () => ({ id: 'a' }), poster: () => ({ id: 'p' }) },
      Asset: { __resolveType: () => 'Asset' },
    },
  },
  printers: {
    schema: `type Query { printed: Asset } type Asset @key(fields: "id", resolvable: false) @interfaceObject { id: ID! ink: String }
      interface Poster @key(fields: "id") { id: ID! } type Quad implements Poster @key(fields: "id") { id: ID! width: Int! }`,
    resolvers: {
      Query: { printed: () => ({ id: 'a', ink: 'black' }) },
      Poster: { __resolveType: () => 'Quad', __resolveReference: ({ id }: { id: string }) => ({ id }) },
      Quad: { __resolveReference: (quad) => quad, width: () => 40 },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...PEOPLE, ...ASSETS });
});
after(() => graph?.stop());

test('fields of an interface object are fetched for every type of the interface', async () => {
  assert.deepEqual(await graph.query('{ people { id name handle since } }'), {
    data: {
      people: [
        { id: 'd1', name: 'Agnès', handle: '@agnès', since: 2009 },
        { id: 'w1', name: 'Tony', handle: '@tony', since: 2013 },
      ],
    },
  });
});

test('the type of an interface object is fetched from a subgraph with the interface', async () => {
  assert.deepEqual(
    await graph.query(
      '{ online { __typename handle ... on Director { movies since } ... on Writer { drafts agent } } }',
    ),
    {
      data: {
        online: [
          { __typename: 'Writer', handle: '@tony', drafts: 7, agent: 'agent of w1' },
          { __typename: 'Director', handle: '@agnès', movies: 20, since: 2009 },
        ],
      },
    },
  );
});

test('also below another entity, and for one type alone', async () => {
  assert.deepEqual(await graph.query('{ list { of { id ... on Director { movies } } } }'), {
    data: { list: { of: { id: 'd1', movies: 20 } } },
  });
  assert.deepEqual(await graph.query('{ people { ... on Writer { handle } } }'), {
    data: { people: [{}, { handle: '@tony' }] },
  });
});

test('fields of the interface object alone need no other fetch', async () => {
  const first = graph.requests.length;
  assert.deepEqual(await graph.query('{ online { id since } }'), {
    data: {
      online: [
        { id: 'w1', since: 2013 },
        { id: 'd1', since: 2009 },
      ],
    },
  });
  assert.deepEqual(
    graph.requests.slice(first).map(({ subgraph }) => subgraph),
    ['handles'],
  );
});

test("an unresolvable object has its own subgraph's fields, and others cannot be planned", async () => {
  assert.deepEqual(await graph.query('{ printed { id ink } }'), { data: { printed: { id: 'a', ink: 'black' } } });
  assert.deepEqual((await graph.query('{ poster { id } }')).data, { poster: { id: 'p' } });
  const { data, errors } = await graph.query('{ asset { ink } }');
  assert.equal(data, undefined);
  assert.equal(errors?.[0]?.extensions.code, 'UNPLANNABLE_FIELD');
});
