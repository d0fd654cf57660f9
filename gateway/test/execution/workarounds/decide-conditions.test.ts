import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeWithApolloGateway } from '../../fixtures/apollo-gateway.ts';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

const GRAPH: Record<string, GraphPart> = {
  one: {
    schema: 'type Query { t: T } type T @key(fields: "id") { id: ID! a: Int }',
    resolvers: { Query: { t: () => ({ id: '1', a: 1 }) } },
  },
  two: {
    schema: 'type T @key(fields: "id") { id: ID! a: Int @external b: Int c: Int @requires(fields: "a") }',
    resolvers: { T: { __resolveReference: (t) => t, b: () => 2, c: ({ a }) => a + 2 } },
  },
};

const REQUIRED = 'query ($yes: Boolean!) { t { b c @include(if: $yes) } }';

test('Apollo Gateway fetches no field beside a skipped one that requires others', async (t) => {
  const { data } = await executeWithApolloGateway(t, GRAPH, REQUIRED, { yes: false });
  assert.deepEqual(data, { t: { b: null } });
});

test('the gateway fetches the fields beside a skipped one that requires others', async () => {
  const { data } = await graphOf(GRAPH).execute(REQUIRED, { yes: false });
  assert.deepEqual(data, { t: { b: 2 } });
});

const NESTED = 'query ($yes: Boolean!) { t @include(if: $yes) { c b @include(if: false) } }';

test('Apollo Gateway fetches a skipped field below another condition', async (t) => {
  const { requests } = await executeWithApolloGateway(t, GRAPH, NESTED, { yes: true });
  assert.match(requests[1]?.query ?? '', /\bb\b/);
});

test('the gateway does not fetch a skipped field below another condition', async () => {
  const { data, requests } = await graphOf(GRAPH).execute(NESTED, { yes: true });
  assert.deepEqual(data, { t: { c: 3 } });
  assert.doesNotMatch(requests[1]?.query ?? '', /\bb\b/);
});
