import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graphOf } from '../../fixtures/graph.ts';

/** Books with a blurb that requires their author's name, which is missing for some authors. */
const books = graphOf({
  books: {
    schema: `type Query { books: [Book!]! }
      type Book @key(fields: "id") { id: ID! author: Person pages: Int }
      type Person @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: { books: () => [{ id: 'named' }, { id: 'unnamed' }, { id: 'none' }] },
      Book: { author: ({ id }) => (id === 'none' ? null : { id }) },
    },
  },
  people: {
    schema: `type Person @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Person: { __resolveReference: ({ id }) => (id === 'unnamed' ? null : { id, name: 'Ann' }) },
    },
  },
  blurbs: {
    schema: `type Book @key(fields: "id") {
        id: ID! author: Person @external blurb: String @requires(fields: "author { name }") }
      type Person @key(fields: "id", resolvable: false) { id: ID! name: String @external }`,
    resolvers: {
      Book: {
        __resolveReference: (book) => book,
        blurb: ({ author }) => `by ${author === null ? 'nobody' : author.name}`,
      },
    },
  },
});

test('a field whose required object lacks a field is not requested; a required object may be null', async () => {
  const { data, requests } = await books.execute('{ books { blurb } }');
  assert.deepEqual(data, { books: [{ blurb: 'by Ann' }, { blurb: null }, { blurb: 'by nobody' }] });
  const representations = requests
    .filter(({ subgraph }) => subgraph === 'blurbs')
    .flatMap(({ variables }) => variables.representations as { id: string; author: { name: string } | null }[]);
  assert.deepEqual(
    representations.map(({ id, author }) => [id, author?.name ?? author]),
    [
      ['named', 'Ann'],
      ['none', null],
    ],
  );
});
