import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeWithApolloGateway } from '../../fixtures/apollo-gateway.ts';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

const MEDIA: Record<string, GraphPart> = {
  base: {
    schema: `type Query { media: [Media!]! }
      interface Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") { id: ID! title: String }
      type Song implements Media @key(fields: "id") { id: ID! title: String }`,
    resolvers: {
      Query: { media: () => ['f', 's'].map((id) => ({ id, title: `title of ${id}` })) },
      Media: { __resolveType: ({ id }: { id: string }) => (id === 'f' ? 'Film' : 'Song') },
    },
  },
  votes: {
    schema: `type Media @key(fields: "id") @interfaceObject {
        id: ID! title: String @external votes: Int! summary: String @requires(fields: "title") }`,
    resolvers: {
      Media: {
        __resolveReference: (media: object) => media,
        votes: () => 5,
        summary: ({ title }: { title: string }) => `the ${title}`,
      },
    },
  },
};
const QUERY = '{ media { votes ... on Song { summary } } }';

test('Apollo Gateway fetches no field of an object that lacks what a field of another type requires', async (t) => {
  const { data, requests } = await executeWithApolloGateway(t, MEDIA, QUERY);
  assert.equal(data, null);
  assert.deepEqual(requests.at(-1)?.variables.representations, [{ __typename: 'Media', id: 's', title: 'title of s' }]);
});

test('the gateway fetches a field that requires others in a request of its own', async () => {
  const { data } = await graphOf(MEDIA).execute(QUERY);
  assert.deepEqual(data, { media: [{ votes: 5 }, { votes: 5, summary: 'the title of s' }] });
});
