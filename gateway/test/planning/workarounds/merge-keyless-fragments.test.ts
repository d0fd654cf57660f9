import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeWithApolloGateway } from '../../fixtures/apollo-gateway.ts';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

const MEDIA: Record<string, GraphPart> = {
  base: {
    schema: `interface Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") { id: ID! title: String }
      type Song implements Media @key(fields: "id") { id: ID! title: String }`,
    resolvers: {
      Media: {
        __resolveType: ({ id }: { id: string }) => (id === 'f' ? 'Film' : 'Song'),
        __resolveReference: ({ id }: { id: string }) => ({ id, title: `title of ${id}` }),
      },
    },
  },
  votes: {
    schema: `type Query { popular: [Media] }
      type Media @key(fields: "id") @interfaceObject {
        id: ID! title: String @external summary: String @requires(fields: "title") }`,
    resolvers: {
      Query: { popular: () => [{ id: 'f' }, { id: 's' }] },
      Media: {
        __resolveReference(media: object) {
          if (!('id' in media)) throw new Error('The representation has no key.');
          return media;
        },
        summary: ({ title }: { title: string }) => `the ${title}`,
      },
    },
  },
};
const QUERY = '{ popular { ... on Film { summary } } }';

test('Apollo Gateway sends a representation without a key for a type that is not selected', async (t) => {
  const { data, errors, requests } = await executeWithApolloGateway(t, MEDIA, QUERY);
  assert.deepEqual(data, { popular: [{ summary: null }, {}] });
  assert.match(errors[0]?.message ?? '', /The representation has no key/);
  assert.deepEqual(requests.at(-1)?.variables.representations, [
    { __typename: 'Media', id: 'f', title: 'title of f' },
    { __typename: 'Media', title: 'title of s' },
  ]);
});

test('the gateway sends representations of the selected type alone', async () => {
  const { data, errors, requests } = await graphOf(MEDIA).execute(QUERY);
  assert.deepEqual([data, errors], [{ popular: [{ summary: 'the title of f' }, {}] }, []]);
  assert.deepEqual(requests.at(-1)?.variables.representations, [{ __typename: 'Media', id: 'f', title: 'title of f' }]);
});
