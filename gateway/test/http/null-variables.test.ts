import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const PARTS: Record<string, GraphPart> = {
  films: {
    schema: `scalar Date
      enum Size { S L }
      enum Direction { UP DOWN }
      input Order { since: Date, direction: Direction! = UP }
      type Query { film: Film films(first: Int! = 10, order: Order): [Film!]! }
      type Film @key(fields: "id") { id: ID! title: String poster(size: Size! = S): String }`,
    resolvers: {
      Query: { film: () => ({ id: 1 }), films: () => [{ id: 1 }] },
      Film: { title: () => 'One', poster: (_, { size }) => size, __resolveReference: (film) => film },
    },
  },
  scores: {
    schema: 'type Film @key(fields: "id") { id: ID! score(of: Int! = 1): Int }',
    resolvers: { Film: { score: (_, { of }) => of } },
  },
};

describe('null in a variable where the place has a default', () => {
  let graph: ServedGraph;
  before(async () => {
    graph = await startGraph(PARTS, { NODE_ENV: 'development' });
  });
  after(() => graph?.stop());

  it('is an error of the field, and of nothing else', async () => {
    assert.deepEqual(await graph.query('query ($s: Size) { film { title poster(size: $s) score } }', { s: null }), {
      errors: [
        {
          message: 'Argument "size" of non-null type "Size!" must not be null.',
          path: ['film', 'poster'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
      data: { film: { title: 'One', poster: null, score: 1 } },
    });
  });

  it('counts nothing in the cost', async () => {
    const { data, errors = [] } = await graph.query(
      'query ($d: Direction, $n: Int) { films(order: { since: "2001", direction: $d }, first: $n) { id } }',
      { d: null, n: 1 },
    );
    assert.equal(data, null);
    assert.deepEqual(
      errors.map(({ path, extensions }) => [path, extensions.code]),
      [[['films'], 'BAD_USER_INPUT']],
    );
  });

  it('is an error of the part in which the field comes', async () => {
    const response = await fetch(`${graph.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed;deferSpec=20220824' },
      body: JSON.stringify({
        query: 'query ($n: Int) { film { title ... @defer { id score(of: $n) other: score } } }',
        variables: { n: null },
      }),
    });
    const text = await response.text();
    assert.match(text, /"data":\{"film":\{"title":"One"\}\}/);
    assert.match(text, /"data":\{"id":"1","score":null,"other":1\},"path":\["film"\],"errors":\[\{"message":"Argument/);
    assert.match(text, /"path":\["film","score"\],"extensions":\{"code":"BAD_USER_INPUT"\}/);
  });
});
