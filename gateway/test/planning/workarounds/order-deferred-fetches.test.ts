import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import { fetchNodesOf } from '../../../src/graphql/fetch-nodes.ts';
import { orderDeferredFetches } from '../../../src/planning/workarounds/order-deferred-fetches.ts';
import { planWithApollo } from '../../fixtures/apollo-gateway.ts';
import { planOf } from '../../fixtures/graph.ts';

const fields = (names: readonly string[]): QueryPlanSelectionNode[] => [
  { kind: 'InlineFragment', typeCondition: 'Film', selections: names.map((name) => ({ kind: 'Field', name })) },
];

function fetchNode(serviceName: string, operation: string, requires?: readonly string[], id?: string): FetchNode {
  return {
    kind: 'Fetch',
    serviceName,
    operation,
    operationName: undefined,
    operationKind: OperationTypeNode.QUERY,
    ...(requires && { requires: fields(['__typename', ...requires]) }),
    ...(id !== undefined && { id }),
  };
}

const atFilms = (node: PlanNode): PlanNode => ({ kind: 'Flatten', path: ['films', '@'], node });
const entities = (name: string, requires: readonly string[]) =>
  atFilms(fetchNode(name, `{_entities(representations:[]){...on Film{${name}}}}`, requires));

function planWith(node: PlanNode, depends = ['first']): QueryPlan {
  return {
    kind: 'QueryPlan',
    node: {
      kind: 'Defer',
      primary: { node: fetchNode('films', '{films{__typename id}}', undefined, 'first') },
      deferred: [{ depends: depends.map((id) => ({ id })), label: 'a', queryPath: ['films'], node }],
    },
  };
}

function deferredOf(plan: QueryPlan | undefined): PlanNode | undefined {
  return plan?.node?.kind === 'Defer' ? plan.node.deferred[0]?.node : undefined;
}

test('a fetch is delayed until the fields that it requires are fetched', () => {
  const [tax, price, stock] = [entities('tax', ['id', 'price']), entities('price', ['id']), entities('stock', ['id'])];
  const plan = orderDeferredFetches(planWith({ kind: 'Parallel', nodes: [tax, price, stock] }));
  assert.deepEqual(deferredOf(plan), {
    kind: 'Sequence',
    nodes: [{ kind: 'Parallel', nodes: [price, stock] }, tax],
  });
});

test('a plan in order is unchanged', () => {
  const node: PlanNode = { kind: 'Sequence', nodes: [entities('price', ['id']), entities('tax', ['id', 'price'])] };
  assert.deepEqual(orderDeferredFetches(planWith(node)), planWith(node));
  const plain: QueryPlan = { kind: 'QueryPlan', node: entities('tax', ['price']) };
  assert.equal(orderDeferredFetches(plain), plain);
});

test('a required field that no fetch has makes the plan invalid', () => {
  assert.equal(orderDeferredFetches(planWith(entities('tax', ['id', 'price']))), undefined);
  const circle: PlanNode = { kind: 'Parallel', nodes: [entities('tax', ['duty']), entities('duty', ['tax'])] };
  assert.equal(orderDeferredFetches(planWith(circle)), undefined);
});

test('a nested block may require fields of the block around it', () => {
  const inner = entities('tax', ['id', 'price']);
  const price = fetchNode('price', '{_entities(representations:[]){...on Film{price}}}', ['id'], 'second');
  const outer = (depends: string[]): PlanNode => ({
    kind: 'Defer',
    primary: { node: atFilms(price) },
    deferred: [{ depends: depends.map((id) => ({ id })), label: 'b', queryPath: ['films'], node: inner }],
  });
  assert.deepEqual(orderDeferredFetches(planWith(outer(['second']))), planWith(outer(['second'])));
  assert.equal(orderDeferredFetches(planWith(outer(['first']))), undefined);
});

const THINGS = {
  first: { schema: 'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! }' },
  second: { schema: 'type Thing @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }' },
  third: { schema: 'type Thing @key(fields: "sku") @key(fields: "no") { sku: ID! no: ID! deep: Int }' },
  fourth: {
    schema: 'type Thing @key(fields: "no") { no: ID! deep: Int @external last: Int @requires(fields: "deep") }',
  },
};
const LAST = '{ thing { ... @defer(label: "a") { last } } }';

const deferredServices = (plan: QueryPlan) => fetchNodesOf(deferredOf(plan)).map(({ serviceName }) => serviceName);

test("Apollo's planner fetches a deferred field before the field that it requires", () => {
  assert.deepEqual(deferredServices(planWithApollo(THINGS, LAST)), ['fourth', 'third']);
});

test('a deferred field is fetched after the field that it requires', () => {
  assert.deepEqual(deferredServices(planOf(THINGS, LAST)), ['third', 'fourth']);
});
