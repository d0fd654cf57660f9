import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

test('mutation fields are executed in their order in the operation', async () => {
  const done: string[] = [];
  const part = (name: string): GraphPart => ({
    schema: `type Query { ${name}: Int } type Mutation { ${name}Set(to: Int!): Int }`,
    resolvers: {
      Mutation: {
        [`${name}Set`]: async (_: unknown, { to }: { to: number }) => {
          await new Promise((resolve) => setTimeout(resolve, 10 - to));
          done.push(`${name}${to}`);
          return to;
        },
      },
    },
  });
  const { data } = await graphOf({ a: part('a'), b: part('b') }).execute(
    'mutation { x: aSet(to: 1) y: bSet(to: 2) z: aSet(to: 3) }',
  );
  assert.deepEqual(done, ['a1', 'b2', 'a3']);
  assert.deepEqual(data, { x: 1, y: 2, z: 3 });
});

test('variables are sent to the subgraphs that use them, and invalid ones are rejected', async () => {
  const graph = graphOf({
    sums: {
      schema: 'type Query { add(a: Int!, b: Int = 5): Int }',
      resolvers: { Query: { add: (_, { a, b }) => a + b } },
    },
  });
  const query = 'query ($a: Int!, $b: Int = 2) { add(a: $a, b: $b) again: add(a: $a) }';
  const { data, requests } = await graph.execute(query, { a: 1, c: 'unknown' });
  assert.deepEqual(data, { add: 3, again: 6 });
  assert.deepEqual(requests[0]?.variables, { a: 1 });
  await assert.rejects(graph.execute(query, { a: 'one' }), /Variable "\$a" got invalid value "one"/);
  await assert.rejects(graph.execute(query), /Variable "\$a" of required type "Int!" was not provided/);
});

test('a response with neither data nor errors is an error', async () => {
  const answers = [
    { data: null },
    { errors: [] },
    { data: null, errors: [] },
    { data: null, errors: null },
    { data: 'a' },
  ];
  for (const answer of answers) {
    const counts: GraphPart = { schema: 'type Query { count: Int }', answer: () => answer };
    const { data, errors } = await graphOf({ counts }).execute('{ count }');
    assert.deepEqual(data, { count: null });
    assert.deepEqual(
      errors.map(({ extensions }) => extensions.code),
      ['SUBGRAPH_BAD_RESPONSE'],
      JSON.stringify(answer),
    );
  }
});
