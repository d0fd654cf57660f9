import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferredLabels } from '../../../src/execution/defer/planned-labels.ts';
import { planWithApollo } from '../../fixtures/apollo-gateway.ts';
import { planOf } from '../../fixtures/graph.ts';

const ORDERS = {
  stock: { schema: 'type Query { count: Int } type Order @key(fields: "id") { id: ID! price: Int }' },
  taxes: {
    schema: `type Query { orders: [Order] }
      type Order @key(fields: "id") { id: ID! price: Int @external tax: Int @requires(fields: "price") }`,
  },
};
const QUERY = '{ ... @defer(label: "a") { orders { tax } } }';

test("Apollo's planner throws at a requirement below a field of a deferred fragment", () => {
  assert.throws(() => planWithApollo(ORDERS, QUERY), /cannot have a top-level deferRef/);
});

test('a fragment with a requirement below one of its fields is deferred', () => {
  assert.deepEqual([...deferredLabels(planOf(ORDERS, QUERY))], ['a']);
});
