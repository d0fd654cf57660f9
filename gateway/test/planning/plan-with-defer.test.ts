import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanNode } from '@apollo/query-planner';
import { deferredLabels } from '../../src/execution/defer/planned-labels.ts';
import { countFetchesById } from '../../src/graphql/fetch-nodes.ts';
import { type GraphPart, planOf } from '../fixtures/graph.ts';

/** `summary` requires a field of another subgraph; `votes` defines the interface as an object. */
const WORKS = {
  base: {
    schema: `type Query { works: [Work!] liked: Liked }
      interface Work @key(fields: "id") { id: ID! title: String }
      type Film implements Work @key(fields: "id") { id: ID! title: String length: Int }
      type Song implements Work @key(fields: "id") { id: ID! title: String }
      type Critic @key(fields: "id") { id: ID! title: String }
      union Liked = Film | Critic
      union Named = Film | Song | Critic`,
  },
  votes: {
    schema: `type Query { popular: [Work!] }
      type Work @key(fields: "id") @interfaceObject {
        id: ID! title: String @external votes: Int summary: String @requires(fields: "title") }`,
  },
};

/** A field `total` whose requirement comes from the subgraph of its key, so that the planner cannot defer it. */
const ORDERS = {
  orders: { schema: 'type Query { orders: [Order] } type Order @key(fields: "number") { number: ID! note: String }' },
  sums: {
    schema: 'type Order @key(fields: "number") @key(fields: "serial") { number: ID! serial: ID! sum: Int }',
  },
  totals: {
    schema: `type Order @key(fields: "number", resolvable: false) @key(fields: "serial") {
      number: ID! serial: ID! sum: Int @external total: Int @requires(fields: "sum") }`,
  },
  comments: { schema: 'type Order @key(fields: "number") { number: ID! comment: String }' },
};

function planned(parts: Readonly<Record<string, GraphPart>>, text: string) {
  const plan = planOf(parts, text);
  const { node } = plan;
  const blocks = node?.kind === 'Defer' ? node.deferred : [];
  return {
    labels: [...deferredLabels(plan)],
    first: services(node?.kind === 'Defer' ? node.primary.node : (node as PlanNode)),
    later: Object.fromEntries(blocks.map(({ label = '', node: one }) => [label.split('/')[0], services(one)])),
    ids: [...countFetchesById(node).keys()],
    depends: blocks.flatMap(({ depends }) => depends.map(({ id }) => id)),
  };
}

function services(node: PlanNode | undefined): string[] {
  switch (node?.kind) {
    case 'Fetch':
      return [node.serviceName];
    case 'Flatten':
      return services(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(services);
    default:
      return [];
  }
}

test('a requirement below a field of a deferred fragment is fetched with the fragment', () => {
  const root = planned(WORKS, '{ works { id } ... @defer(label: "a") { popular { votes summary } } }');
  assert.deepEqual(root.labels, ['a']);
  assert.deepEqual([root.first, root.later], [['base'], { a: ['votes', 'base', 'votes'] }]);
  const cast = planned(WORKS, '{ works { id } ... @defer(label: "a") { popular { ... on Film { length } summary } } }');
  assert.deepEqual(cast.labels, ['a']);
  assert.deepEqual(cast.first, ['base']);
  assert.equal(cast.later.a?.[0], 'votes');
});

test('blocks depend on fetches of the plan', () => {
  const { labels, ids, depends } = planned(
    WORKS,
    '{ works { id ... @defer(label: "a") { votes } } ... @defer(label: "b") { popular { summary ... @defer(label: "c") { title } } } }',
  );
  assert.deepEqual(labels.toSorted(), ['a', 'b', 'c']);
  for (const id of depends) assert.ok(ids.includes(id), `${id} of ${ids}`);
});

test('nested fragments on several types are deferred', () => {
  const { labels } = planned(
    WORKS,
    '{ liked { __typename ... on Named { ... @defer(label: "a") { ... on Work { id ... on Named @defer(label: "b") { __typename } } } } } }',
  );
  assert.ok(labels.includes('a'), String(labels));
});

test('a fragment that cannot be deferred is included in its parent, and the others are deferred', () => {
  const { labels, first, later } = planned(
    ORDERS,
    '{ orders { note ... @defer(label: "a") { total } ... @defer(label: "b") { comment } } }',
  );
  assert.deepEqual(labels, ['b']);
  assert.deepEqual(later, { b: ['comments'] });
  assert.ok(first.includes('totals'));
  const alone = planned(ORDERS, '{ orders { note ... @defer(label: "a") { total } } }');
  assert.deepEqual(alone.labels, []);
  assert.ok(alone.first.includes('totals'));
});
