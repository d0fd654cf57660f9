import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GraphPart, graphOf } from '../fixtures/graph.ts';

const typeOf = { __resolveType: ({ __typename }: { __typename: string }) => __typename };
const nodeOf = (ref: string) => {
  const [__typename, id] = ref.split(':');
  return id === undefined || (__typename === 'Book' && id !== '1') ? null : { __typename, id };
};

/** `books` returns references to authors, of which only `authors` knows which exist. */
const LIBRARY: Record<string, GraphPart> = {
  books: {
    schema: `type Query { node(ref: ID!): Node nodes(refs: [ID!]!): [Node]! first: Node! author: Author }
      interface Node { ref: ID! }
      type Book implements Node { id: ID! ref: ID! title: String }
      type Author implements Node @key(fields: "id", resolvable: false) { id: ID! ref: ID! @external }`,
    resolvers: {
      Query: {
        node: (_, { ref }) => nodeOf(ref),
        nodes: (_, { refs }) => refs.map(nodeOf),
        first: () => nodeOf('Author:0'),
        author: () => ({ id: '0' }),
      },
      Node: typeOf,
      Book: { ref: ({ id }) => `Book:${id}`, title: () => 'Emma' },
    },
  },
  authors: {
    schema: `interface Node { ref: ID! } type Author implements Node @key(fields: "id") { id: ID! ref: ID! name: String }`,
    resolvers: {
      Author: {
        __resolveReference: ({ id }: { id: string }) => (id === '1' ? { id, name: 'Jane' } : null),
        ref: ({ id }) => `Author:${id}`,
      },
    },
  },
};
const library = graphOf(LIBRARY);

const NODE = (selection: string) => `query ($ref: ID!) { node(ref: $ref) { ${selection} } }`;

for (const selection of [
  '__typename',
  'ref',
  '... on Author { id }',
  '... on Author { name }',
  '... on Book { title }',
]) {
  test(`a reference to an entity that does not exist is null when { ${selection} } is selected`, async () => {
    const { data, errors } = await library.execute(NODE(selection), { ref: 'Author:0' });
    assert.deepEqual(data, { node: null });
    assert.deepEqual(errors ?? [], []);
  });
}

test('a reference to an entity that exists has the selected fields and no others', async () => {
  const { text } = await library.execute(NODE('__typename ... on Author { ref: name id }'), { ref: 'Author:1' });
  assert.equal(text, '{"node":{"__typename":"Author","ref":"Jane","id":"1"}}');
});

test('an object of the subgraph itself needs no other', async () => {
  const { data, requests } = await library.execute(NODE('__typename'), { ref: 'Book:1' });
  assert.deepEqual(data, { node: { __typename: 'Book' } });
  assert.deepEqual(
    requests.map(({ subgraph }) => subgraph),
    ['books'],
  );
});

test('references of a list are checked by one request', async () => {
  const { data, requests } = await library.execute('query ($refs: [ID!]!) { nodes(refs: $refs) { __typename } }', {
    refs: ['Author:0', 'Author:1', 'Book:1', 'Author:1', 'Book:2'],
  });
  const [author, book] = [{ __typename: 'Author' }, { __typename: 'Book' }];
  assert.deepEqual(data, { nodes: [null, author, book, author, null] });
  assert.deepEqual(
    requests.map(({ subgraph, representationCount }) => [subgraph, representationCount]),
    [
      ['books', undefined],
      ['authors', 2],
    ],
  );
});

test('null propagates from a root field that must not be null', async () => {
  const { data } = await library.execute('{ first { __typename } }');
  assert.equal(data, null);
});

test('a field that returns one type is requested as before', async () => {
  const { data, requests } = await library.execute('{ author { id } }');
  assert.deepEqual(data, { author: { id: '0' } });
  assert.equal(requests.length, 1);
});
