import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeWithApolloGateway } from '../../fixtures/apollo-gateway.ts';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

const FILMS: Record<string, GraphPart> = {
  facts: {
    schema: 'type Query { film: Film } type Film @key(fields: "id") { id: ID! title: String }',
    resolvers: { Query: { film: () => ({ id: 'f1', title: 'Heat' }) } },
  },
  votes: {
    schema: 'type Film @key(fields: "id") { id: ID! votes: Int }',
    resolvers: { Film: { __resolveReference: (film) => film, votes: ({ id }) => id.length } },
  },
};
const KEY_ALIAS = '{ film { id: title votes } }';

test("Apollo Gateway returns the field of a key under a client's alias of its name", async (t) => {
  const { data } = await executeWithApolloGateway(t, FILMS, KEY_ALIAS);
  assert.deepEqual(data, { film: { id: 'f1', votes: 2 } });
});

test("the gateway returns the client's field under an alias with the name of a key's field", async () => {
  const { data } = await graphOf(FILMS).execute(KEY_ALIAS);
  assert.deepEqual(data, { film: { id: 'Heat', votes: 2 } });
});

const ITEMS: Record<string, GraphPart> = {
  items: {
    schema: `type Query { items: [Item] }
      union Item = Film | Song
      type Film { by: Person }
      type Song { by: Person }
      type Person @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: {
        items: () => [
          { __typename: 'Film', by: { id: '1' } },
          { __typename: 'Song', by: { id: '2' } },
        ],
      },
    },
  },
  people: {
    schema: 'type Person @key(fields: "id") { id: ID! name(in: String!): String }',
    resolvers: { Person: { __resolveReference: (person) => person, name: ({ id }, args) => `${id} in ${args.in}` } },
  },
};
const ONE_KEY = '{ items { ... on Film { by { name(in: "en") } } ... on Song { by { name(in: "fr") } } } }';

test('Apollo Gateway fetches the first of two fields with one response key for objects of both types', async (t) => {
  const { data } = await executeWithApolloGateway(t, ITEMS, ONE_KEY);
  assert.deepEqual(data, { items: [{ by: { name: '1 in en' } }, { by: { name: '2 in en' } }] });
});

test('the gateway fetches the fields with one response key for the objects of their types', async () => {
  const { data } = await graphOf(ITEMS).execute(ONE_KEY);
  assert.deepEqual(data, { items: [{ by: { name: '1 in en' } }, { by: { name: '2 in fr' } }] });
});
