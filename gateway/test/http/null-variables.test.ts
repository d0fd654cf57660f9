import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const PARTS: Record<string, GraphPart> = {
  movies: {
    schema: `scalar Date
      enum Size { S L }
      enum Direction { UP DOWN }
      input Order { since: Date, direction: Direction! = UP }
      type Query { movie: Movie movies(first: Int! = 10, order: Order): [Movie!]! }
      type Movie @key(fields: "id") { id: ID! title: String poster(size: Size! = S): String }`,
    resolvers: {
      Query: { movie: () => ({ id: 1 }), movies: () => [{ id: 1 }] },
      Movie: { title: () => 'One', poster: (_, { size }) => size, __resolveReference: (movie) => movie },
    },
  },
  scores: {
    schema: 'type Movie @key(fields: "id") { id: ID! score(of: Int! = 1): Int }',
    resolvers: { Movie: { score: (_, { of }) => of } },
  },
};

describe('a null variable at an argument with a default', () => {
  let graph: ServedGraph;
  before(async () => {
    graph = await startGraph(PARTS, { NODE_ENV: 'development' });
  });
  after(() => graph?.stop());

  it('is an error of the field alone', async () => {
    assert.deepEqual(await graph.query('query ($s: Size) { movie { title poster(size: $s) score } }', { s: null }), {
      errors: [
        {
          message: 'Argument "size" of non-null type "Size!" must not be null.',
          path: ['movie', 'poster'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
      data: { movie: { title: 'One', poster: null, score: 1 } },
    });
  });

  it('adds no cost', async () => {
    const { data, errors = [] } = await graph.query(
      'query ($d: Direction, $n: Int) { movies(order: { since: "2001", direction: $d }, first: $n) { id } }',
      { d: null, n: 1 },
    );
    assert.equal(data, null);
    assert.deepEqual(
      errors.map(({ path, extensions }) => [path, extensions.code]),
      [[['movies'], 'BAD_USER_INPUT']],
    );
  });

  it("is an error of the field's incremental result", async () => {
    const response = await fetch(`${graph.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824' },
      body: JSON.stringify({
        query: 'query ($n: Int) { movie { title ... @defer { id score(of: $n) other: score } } }',
        variables: { n: null },
      }),
    });
    const text = await response.text();
    assert.match(text, /"data":\{"movie":\{"title":"One"\}\}/);
    assert.match(
      text,
      /"data":\{"id":"1","score":null,"other":1\},"path":\["movie"\],"errors":\[\{"message":"Argument/,
    );
    assert.match(text, /"path":\["movie","score"\],"extensions":\{"code":"BAD_USER_INPUT"\}/);
  });
});
