import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferredLabels } from '../../../src/execution/defer/planned-labels.ts';
import { planWithApollo } from '../../fixtures/apollo-gateway.ts';
import { planOf } from '../../fixtures/graph.ts';

const ORDERS = {
  orders: { schema: 'type Query { order: Order } type Order @key(fields: "number") { number: ID! }' },
  sums: {
    schema: 'type Order @key(fields: "number") @key(fields: "serial") { number: ID! serial: ID! sum: Int }',
  },
  totals: {
    schema: `type Order @key(fields: "serial") @key(fields: "number", resolvable: false) {
      number: ID! serial: ID! sum: Int @external total: Int @requires(fields: "sum") }`,
  },
  comments: { schema: 'type Order @key(fields: "number") { number: ID! comment: String }' },
};

test("Apollo's planner throws at a deferred field whose requirement comes from the subgraph of its key", () => {
  const query = '{ order { ... @defer(label: "a") { total } } }';
  assert.throws(() => planWithApollo(ORDERS, query), /should have no remaining groups unhandled/);
});

test('a fragment at which the planner fails is included in its parent, and the others are deferred', () => {
  const query = '{ order { ... @defer(label: "a") { total } ... @defer(label: "b") { comment } } }';
  assert.deepEqual([...deferredLabels(planOf(ORDERS, query))], ['b']);
});
