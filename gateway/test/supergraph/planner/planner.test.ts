import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createContext } from '@marquee/runtime/process';
import type { GraphQLError } from 'graphql';
import type { PlanRequest } from '../../../src/planning/messages.ts';
import { type PlannerOptions, startPlanner } from '../../../src/supergraph/planner/planner.ts';
import { createPlanningMetrics } from '../../../src/supergraph/planner/planning-metrics.ts';
import { PreparationTurns } from '../../../src/supergraph/planner/preparation-turns.ts';
import { until } from '../../fixtures/gateway-process.ts';
import { composed } from '../../fixtures/graph.ts';
import { ENDLESS, TANGLED } from '../../fixtures/tangled-graph.ts';

const { supergraphSdl } = composed(TANGLED, (name) => `http://${name}.invalid`);

async function started(t: TestContext, options: Partial<PlannerOptions> = {}) {
  const { logger, metrics: registry } = createContext('gateway-test', 'silent');
  const metrics = createPlanningMetrics(registry);
  const planner = await startPlanner(supergraphSdl, {
    timeoutMs: 60_000,
    heapMib: 512,
    maxWaiting: 10,
    idleMs: 0,
    turns: new PreparationTurns({ maxWaiting: 10, onWaiting() {}, rejection: () => new Error('refused') }),
    metrics,
    logger,
    ...options,
  });
  if ('reasons' in planner) throw new Error(planner.reasons.join());
  t.after(() => planner.close());
  const value = async (name: string, labels: Record<string, string> = {}) =>
    (await registry.getMetricsAsJSON())
      .flatMap(({ values }) => values as { metricName?: string; value: number; labels: Record<string, unknown> }[])
      .filter(
        (one) => one.metricName === name && Object.entries(labels).every(([key, wanted]) => one.labels[key] === wanted),
      )
      .reduce((sum, one) => sum + one.value, 0);
  return { planner, metrics, value };
}

const request = (text: string): PlanRequest => ({ text, overrides: undefined });
const codeOf = (error: unknown) => (error as GraphQLError).extensions.code;

test('a plan is returned as the planner made it', async (t) => {
  const { planner } = await started(t);
  const { node } = await planner.plan(request('{ node { id } }'));
  assert.equal(node?.kind, 'Fetch');
});

test('operations that wait for one that takes too long are planned by the next thread', async (t) => {
  const { planner, metrics } = await started(t, { timeoutMs: 3_000 });
  const endless = planner.plan(request(ENDLESS)).catch(codeOf);
  const { node } = await planner.plan(request('{ node { id } }'));
  assert.equal(node?.kind, 'Fetch');
  assert.equal(await endless, 'PLANNING_TIMEOUT');
  assert.equal((await metrics.restarts.get()).values[0]?.value, 1);
});

test('an operation that takes too much memory fails no other', async (t) => {
  const { planner, value } = await started(t, { heapMib: 48 });
  assert.equal(await planner.plan(request(ENDLESS)).catch(codeOf), 'PLANNING_OUT_OF_MEMORY');
  assert.equal((await planner.plan(request('{ node { id } }'))).node?.kind, 'Fetch');
  assert.equal(await value('marquee_planning_seconds_count', { outcome: 'out_of_memory' }), 1);
});

test('operations beyond the limit of waiting ones are rejected with Retry-After', async (t) => {
  const { planner, metrics } = await started(t, { timeoutMs: 2_000, maxWaiting: 1 });
  const endless = planner.plan(request(ENDLESS)).catch(codeOf);
  const waiting = planner.plan(request('{ node { id } }'));
  await assert.rejects(planner.plan(request('{ node { __typename } }')), {
    extensions: { code: 'PLANNER_BUSY', http: { status: 503, headers: { 'retry-after': '2' } } },
  });
  assert.equal((await metrics.turnedAway.get()).values[0]?.value, 1);
  assert.equal(await endless, 'PLANNING_TIMEOUT');
  await waiting;
  assert.equal(
    (await planner.plan(request('{ node { __typename } }'))).node?.kind,
    'Fetch',
    'the rejection is not cached',
  );
});

test('an idle planner ends its thread, and starts another for the next operation', async (t) => {
  const { planner, metrics } = await started(t, { idleMs: 50 });
  const restarts = async () => (await metrics.restarts.get()).values[0]?.value ?? 0;
  let count = 0;
  await until(async () => {
    await planner.plan(request(`query Q${count++} { node { id } }`));
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (await restarts()) >= 2;
  });
});

test('the thread is kept while there are requests, and restarted with the first one after a pause', async (t) => {
  const { planner, metrics, value } = await started(t, { idleMs: 1_000 });
  const restarts = async () => (await metrics.restarts.get()).values[0]?.value ?? 0;
  for (let round = 0; round < 25; round += 1) {
    planner.keepWarm();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await planner.plan(request('{ node { id } }'));
  assert.equal(await restarts(), 0);
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    planner.keepWarm();
    return (await restarts()) === 1;
  });
  await until(async () => (await value('marquee_planning_seconds_count', { outcome: 'started' })) === 2);
  assert.equal((await planner.plan(request('query Later { node { id } }'))).node?.kind, 'Fetch');
  assert.equal(await restarts(), 1, 'the thread runs before a new operation is requested');
});

test('a closed planner plans the waiting operations and no others', async (t) => {
  const { planner } = await started(t);
  const plan = planner.plan(request('{ node { id } }'));
  const closed = planner.close();
  assert.equal((await plan).node?.kind, 'Fetch');
  await closed;
  assert.equal(await planner.plan(request('{ node { __typename } }')).catch(codeOf), 'PLANNER_UNAVAILABLE');
});
