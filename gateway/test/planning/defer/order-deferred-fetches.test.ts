import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import { OperationTypeNode } from 'graphql';
import { orderDeferredFetches } from '../../../src/planning/defer/order-deferred-fetches.ts';

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

function planOf(node: PlanNode, depends = ['first']): QueryPlan {
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

test('a fetch is put off until what it requires is there', () => {
  const [tax, price, stock] = [entities('tax', ['id', 'price']), entities('price', ['id']), entities('stock', ['id'])];
  const plan = orderDeferredFetches(planOf({ kind: 'Parallel', nodes: [tax, price, stock] }));
  assert.deepEqual(deferredOf(plan), {
    kind: 'Sequence',
    nodes: [{ kind: 'Parallel', nodes: [price, stock] }, tax],
  });
});

test('a plan that is in order stays as it is', () => {
  const node: PlanNode = { kind: 'Sequence', nodes: [entities('price', ['id']), entities('tax', ['id', 'price'])] };
  assert.deepEqual(orderDeferredFetches(planOf(node)), planOf(node));
  const plain: QueryPlan = { kind: 'QueryPlan', node: entities('tax', ['price']) };
  assert.equal(orderDeferredFetches(plain), plain);
});

test('what nothing brings makes no plan', () => {
  assert.equal(orderDeferredFetches(planOf(entities('tax', ['id', 'price']))), undefined);
  const circle: PlanNode = { kind: 'Parallel', nodes: [entities('tax', ['duty']), entities('duty', ['tax'])] };
  assert.equal(orderDeferredFetches(planOf(circle)), undefined);
});

test('what a block within another requires may come from that', () => {
  const inner = entities('tax', ['id', 'price']);
  const price = fetchNode('price', '{_entities(representations:[]){...on Film{price}}}', ['id'], 'second');
  const outer = (depends: string[]): PlanNode => ({
    kind: 'Defer',
    primary: { node: atFilms(price) },
    deferred: [{ depends: depends.map((id) => ({ id })), label: 'b', queryPath: ['films'], node: inner }],
  });
  assert.deepEqual(orderDeferredFetches(planOf(outer(['second']))), planOf(outer(['second'])));
  assert.equal(orderDeferredFetches(planOf(outer(['first']))), undefined);
});
