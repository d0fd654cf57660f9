import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { execute, parse, validate } from 'graphql';
import { graphOf } from '../fixtures/graph.ts';

const movies = [
  { __typename: 'Movie', id: '1', title: 'One', next: { __typename: 'Movie', id: '2' } },
  { __typename: 'Movie', id: '2', title: 'Two', next: null },
];
const poster = (_: unknown, args: object) => JSON.stringify(args);
const written: string[] = [];
const write = (_: unknown, args: object) => {
  written.push(JSON.stringify(args));
  return 'done';
};

/** Resolvers of the root fields. */
const resolvers = {
  Query: { movies: () => movies, movie: () => movies[0], search: poster, must: poster, list: poster },
  Mutation: { may: write, must: write },
};

const graph = graphOf({
  movies: {
    schema: `enum Size { S L }
      enum Direction { UP DOWN }
      input Order { field: Size, direction: Direction! = UP, then: Order, sizes: [Size!]! = [S] }
      type Query {
        movies(size: Size! = S): [Movie!]!
        movie: Movie
        search(order: Order, orders: [Order!] = [], first: Int! = 1): String
        must(first: Int! = 1): String!
        list(sizes: [Size!]! = [S], matrix: [[Int!]!]): String
      }
      type Mutation { may(first: Int! = 1, order: Order): String must(first: Int! = 1): String! }
      interface Work { title: String poster(size: Size! = S): String }
      type Movie implements Work @key(fields: "id") { id: ID! title: String poster(size: Size! = S): String next: Movie needed(size: Size! = S): String! }`,
    resolvers: { ...resolvers, Movie: { poster, needed: poster } },
  },
  scores: {
    schema: `enum Size { S L }
      type Movie @key(fields: "id") { id: ID! score(size: Size! = S): String rank(size: Size! = S): String! }`,
    resolvers: { Movie: { score: poster, rank: poster } },
  },
});

/** Returns the result of graphql-js on the API schema. */
async function expected(text: string, variables: Record<string, unknown>) {
  const rootValue = {
    movies: () => movies.map(movieOf),
    movie: () => movieOf(movies[0]),
    search: (args: object) => JSON.stringify(args),
    must: (args: object) => JSON.stringify(args),
    list: (args: object) => JSON.stringify(args),
    may: () => 'done',
  };
  return execute({ schema: graph.supergraph.apiSchema, document: parse(text), rootValue, variableValues: variables });
}

function movieOf(movie: (typeof movies)[number] | null | undefined): unknown {
  const text = (args: object) => JSON.stringify(args);
  return (
    movie && { ...movie, next: () => movieOf(movie.next as never), poster: text, needed: text, score: text, rank: text }
  );
}

const OPERATIONS: Record<string, string> = {
  'an argument with a default': 'query ($v: Size) { movie { title poster(size: $v) } }',
  'an argument, where the variable has a default': 'query ($v: Size = L) { movie { title poster(size: $v) } }',
  'an argument of a field that may not be null': 'query ($v: Size) { movie { title next { title needed(size: $v) } } }',
  'an argument of a field that may not be null in a list':
    'query ($v: Size) { movie { title } movies { rank(size: $v) } }',
  'an argument of each member of a list':
    'query ($v: Size) { movies { title poster(size: $v) next { score(size: $v) } } }',
  'arguments of fields of two subgraphs':
    'query ($v: Size) { movie { score(size: $v) p: poster(size: $v) q: poster } }',
  'an argument of the root': 'query ($v: Int) { search(first: $v) movie { title } }',
  'an argument of a root that may not be null': 'query ($v: Int) { movie { title } must(first: $v) }',
  'nothing else is selected': 'query ($v: Int) { search(first: $v) }',
  'nothing else is selected of an object': 'query ($v: Size) { movie { poster(size: $v) } }',
  'an argument within fragments':
    'query ($v: Size) { movie { ...F } } fragment F on Movie { title ... on Work { poster(size: $v) } }',
  'an argument beside the same variable where it may be null':
    'query ($v: Size) { search(order: { field: $v }) movie { poster(size: $v) } }',
  'an input field with a default':
    'query ($v: Direction) { movie { title } search(order: { field: S, direction: $v }) }',
  'an input field of an input object': 'query ($v: Direction) { search(order: { then: { then: { direction: $v } } }) }',
  'an input field in a list':
    'query ($v: Direction) { search(orders: [{ field: S }, { direction: $v }]) movie { id } }',
  'an input field that is a list': 'query ($v: [Size!]) { search(order: { sizes: $v }) movie { id } }',
  'a member of a list in an input field': 'query ($v: Size = L) { search(order: { sizes: [S, $v] }) movie { id } }',
  'a list with a default': 'query ($v: [Size!]) { list(sizes: $v) movie { id } }',
  'a member of a list': 'query ($v: Int = 1) { list(matrix: [[1, $v], [2]]) movie { id } }',
  'a condition of a field': 'query ($v: Boolean = true) { movie { title poster @include(if: $v) next { title } } }',
  'a condition of a fragment': 'query ($v: Boolean = false) { movies { id next { ... @skip(if: $v) { title } id } } }',
  'a condition within a fragment':
    'query ($v: Boolean = false) { movie { next { ...F } title } } fragment F on Movie { title @skip(if: $v) }',
  'a condition of the root': 'query ($v: Boolean = true) { movie { title } search @include(if: $v) }',
  'a condition that another decides':
    'query ($v: Boolean = true) { movie { title poster @skip(if: true) @include(if: $v) } }',
  'an argument of introspection': 'query ($v: String = "Movie") { movie { title } __type(name: $v) { name } }',
  'a condition of introspection':
    'query ($v: Boolean = true) { movie { title } __schema { queryType { name @skip(if: $v) } } }',
};

describe('a variable that is null at a non-null position', () => {
  for (const [name, text] of Object.entries(OPERATIONS)) {
    for (const variables of [{ v: null }, {}]) {
      it(`has the result of graphql-js: ${name}, ${JSON.stringify(variables)}`, async () => {
        const typeless = /must be|expecting|Unknown type/;
        assert.deepEqual(
          validate(graph.supergraph.apiSchema, parse(text)).filter(({ message }) => !typeless.test(message)),
          [],
        );
        const { data, errors = [] } = await expected(text, variables);
        const answer = await graph.execute(text, variables);
        assert.deepEqual(answer.data, JSON.parse(JSON.stringify(data ?? null)));
        const byPath = (list: readonly { message: string; path?: readonly (string | number)[] | undefined }[]) =>
          list
            .map(({ message, path }) => ({ message, path }))
            .toSorted((a, b) => `${a.path}`.localeCompare(`${b.path}`));
        assert.deepEqual(byPath(answer.errors), byPath(errors));
        for (const { extensions } of answer.errors) assert.deepEqual(extensions, { code: 'BAD_USER_INPUT' });
        assert.deepEqual(answer.valueCompletion, []);
      });
    }
  }

  it('prevents the execution of a mutation field, and of the fields after a non-null one', async () => {
    const may = 'mutation ($v: Int) { a: may(first: $v) b: may(first: 2) c: may(first: 3) }';
    const { data, errors } = await graph.execute(may, { v: null });
    assert.deepEqual(data, { a: null, b: 'done', c: 'done' });
    assert.deepEqual(errors[0]?.path, ['a']);
    assert.deepEqual(written.splice(0), ['{"first":2}', '{"first":3}']);
    const must = 'mutation ($v: Int) { a: may(first: 1) b: must(first: $v) c: may(first: 3) }';
    assert.equal((await graph.execute(must, { v: null })).data, null);
    assert.deepEqual(written.splice(0), ['{"first":1}']);
    const root = 'mutation ($v: Boolean = true) { a: may(first: 1) b: may @include(if: $v) }';
    const refused = await graph.execute(root, { v: null });
    assert.deepEqual([refused.data, refused.errors.map(({ path }) => path)], [null, [undefined]]);
    assert.deepEqual(written, []);
  });

  it('is distinguished from other values of the same operation', async () => {
    const text = 'query ($v: Size) { movie { poster(size: $v) } }';
    for (const [v, size] of [
      ['L', 'L'],
      [null, null],
      [undefined, 'S'],
      [null, null],
      ['S', 'S'],
    ]) {
      const { data, errors } = await graph.execute(text, v === undefined ? {} : { v });
      assert.deepEqual(data, { movie: { poster: size && JSON.stringify({ size }) } });
      assert.equal(errors.length, size === null ? 1 : 0);
    }
  });
});
