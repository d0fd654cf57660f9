import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FetchDescription, PlanNodeDescription } from '../../../src/execution/describe-plan.ts';
import { BOX, layoutPlan } from '../../../src/http/plan-view/browser/plan-layout.ts';

const fetch = (id: number): FetchDescription => ({
  kind: 'Fetch',
  id,
  subgraph: 'movies',
  operation: 'query',
  path: [],
  types: [],
  document: '{a}',
  run: null,
});

const layout = (node: PlanNodeDescription) =>
  layoutPlan({ traceId: null, preparationMs: 1, executionMs: 2, fetches: 4, omittedFetches: 0, node });

const PLAN: PlanNodeDescription = {
  kind: 'Sequence',
  nodes: [
    { kind: 'Parallel', nodes: [fetch(1), fetch(2)] },
    { kind: 'Parallel', nodes: [fetch(3), { kind: 'Sequence', nodes: [fetch(4), fetch(5)] }] },
  ],
};

test('fetches that follow several parallel ones depend on each, through one point', () => {
  const { predecessors, edges, boxes } = layout(PLAN);
  assert.deepEqual(
    [...predecessors].toSorted(([one], [other]) => one - other),
    [
      [3, [1, 2]],
      [4, [1, 2]],
      [5, [4]],
    ],
  );
  // Two from the start, two to the point and two from it, one within the sequence.
  assert.equal(edges.length, 7);
  const ends = new Set(edges.map(({ to }) => `${to.x} ${to.y}`));
  assert.equal(ends.size, boxes.length + 1);
});

test('no boxes overlap, and all are within the drawing', () => {
  const deferring: PlanNodeDescription = {
    kind: 'Defer',
    primary: PLAN,
    deferred: [
      { label: 'a', path: [], depends: [5], node: { kind: 'Sequence', nodes: [fetch(6), fetch(7)] } },
      { label: null, path: ['movie'], depends: [], node: { kind: 'Defer', primary: fetch(8), deferred: [] } },
      { label: 'without fetches', path: [], depends: [1], node: null },
    ],
  };
  const { boxes, width, height, frames, edges } = layout(deferring);
  assert.equal(boxes.length, 8);
  for (const [index, { x, y }] of boxes.entries()) {
    assert.ok(x >= 0 && y >= 0 && x + BOX.width <= width && y + BOX.height <= height);
    for (const other of boxes.slice(index + 1)) {
      assert.ok(Math.abs(other.x - x) >= BOX.width || Math.abs(other.y - y) >= BOX.height);
    }
  }
  assert.deepEqual(
    frames.map(({ title }) => title),
    ['deferred: a', 'deferred: movie'],
  );
  assert.equal(edges.filter(({ isDeferred }) => isDeferred).length, 1);
  assert.deepEqual(
    boxes.filter(({ deferred }) => deferred === 'a').map((box) => box.fetch.id),
    [6, 7],
  );
});

test('the outcome that a condition did not choose is marked', () => {
  const node = { kind: 'Condition', variable: 'on', value: false, ifClause: fetch(1), elseClause: fetch(2) } as const;
  const { boxes, frames } = layout(node);
  assert.deepEqual(
    boxes.map(({ isSkipped }) => isSkipped),
    [true, false],
  );
  assert.deepEqual(
    frames.map(({ title }) => title),
    ['if $on is true', 'if $on is false'],
  );
});
