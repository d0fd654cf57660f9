import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describePlan } from '../../src/execution/describe-plan.ts';
import { PlanRecording } from '../../src/execution/plan-recording.ts';
import { parseNormalizedOperation } from '../../src/graphql/normalized-operation.ts';
import { createSupergraphPlanner } from '../../src/planning/plan-supergraph.ts';
import { composed } from '../fixtures/graph.ts';
import { PLANNED_GRAPH } from '../fixtures/planned-graph.ts';

test('a condition of the planner has its variable, its value and the fetches of both outcomes', () => {
  const { supergraphSdl } = composed(PLANNED_GRAPH, () => 'http://127.0.0.1:1/');
  const query = 'query ($on: Boolean!) { movie(id: "1") { title score @include(if: $on) } }';
  const queryPlan = createSupergraphPlanner(supergraphSdl).plan(parseNormalizedOperation(query));
  for (const on of [true, false]) {
    const recording = new PlanRecording();
    recording.begin({ queryPlan, clientKeys: new Map(), deferLabels: undefined }, { on });
    const { node, fetches, traceId } = describePlan(recording, undefined);
    assert.deepEqual([fetches, traceId], [2, null]);
    assert.ok(node?.kind === 'Sequence');
    const [movies, condition] = node.nodes;
    assert.ok(movies?.kind === 'Fetch' && condition?.kind === 'Condition');
    assert.deepEqual([condition.variable, condition.value, condition.elseClause], ['on', on, null]);
    assert.ok(condition.ifClause?.kind === 'Fetch');
    assert.deepEqual(
      [condition.ifClause.subgraph, condition.ifClause.path, condition.ifClause.run],
      ['scores', ['movie'], null],
    );
  }
});
