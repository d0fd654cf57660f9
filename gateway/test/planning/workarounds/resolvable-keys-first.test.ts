import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeWithApolloGateway } from '../../fixtures/apollo-gateway.ts';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

const BOOKS: Record<string, GraphPart> = {
  shelf: {
    schema: `type Query { book: Book }
      type Book @key(fields: "isbn", resolvable: false) @key(fields: "id") {
        isbn: ID! id: ID! title: String @external place: String @requires(fields: "title") }`,
    resolvers: {
      Query: { book: () => ({ isbn: '1', id: 'x' }) },
      Book: {
        __resolveReference: (book) => ('id' in book ? book : null),
        place: ({ id, title }) => `${title} at ${id}`,
      },
    },
  },
  titles: {
    schema: 'type Book @key(fields: "isbn") { isbn: ID! title: String }',
    resolvers: { Book: { __resolveReference: (book) => ({ ...book, title: 'Solaris' }) } },
  },
};
const QUERY = '{ book { place } }';

test('Apollo Gateway returns to a subgraph by a key that the subgraph does not resolve', async (t) => {
  const { data, requests } = await executeWithApolloGateway(t, BOOKS, QUERY);
  assert.deepEqual(data, { book: { place: null } });
  assert.deepEqual(requests[2]?.variables.representations, [{ __typename: 'Book', title: 'Solaris', isbn: '1' }]);
});

test('the gateway returns to a subgraph by a key that the subgraph resolves', async () => {
  const { data } = await graphOf(BOOKS).execute(QUERY);
  assert.deepEqual(data, { book: { place: 'Solaris at x' } });
});
