import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferredLabels } from '../../../src/execution/defer/planned-labels.ts';
import { planWithApollo } from '../../fixtures/apollo-gateway.ts';
import { planOf } from '../../fixtures/graph.ts';

const WORKS = {
  works: {
    schema: `type Query { liked: Liked }
      interface Work { id: ID! }
      type Film implements Work @key(fields: "id") { id: ID! }
      type Song implements Work { id: ID! }
      type Critic @key(fields: "id") { id: ID! }
      union Liked = Film | Critic
      union Named = Film | Song | Critic`,
  },
};
const QUERY = '{ liked { ... on Named { ... @defer(label: "a") { ... on Work { id } } } } }';

test("Apollo's planner throws at a deferred fragment below a condition on several types", () => {
  assert.throws(() => planWithApollo(WORKS, QUERY), /Cannot add selection of field "Work.id" to selection set/);
});

test('a fragment below a condition on several types is deferred', () => {
  assert.deepEqual([...deferredLabels(planOf(WORKS, QUERY))], ['a']);
});
