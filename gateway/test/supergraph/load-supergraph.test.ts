import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext } from '@marquee/runtime/process';
import { loadSupergraph, type SubgraphUrls } from '../../src/supergraph/load-supergraph.ts';
import type { PlannerOptions } from '../../src/supergraph/planner/planner.ts';
import { createPlanningMetrics } from '../../src/supergraph/planner/planning-metrics.ts';
import { PreparationTurns } from '../../src/supergraph/planner/preparation-turns.ts';
import { supergraphOf } from '../fixtures/subgraphs.ts';

const supergraph = supergraphOf('http://127.0.0.1:4001/graphql', 'https://scores.internal/graphql');

const { logger, metrics } = createContext('gateway-test', 'silent');
const planner: PlannerOptions = {
  timeoutMs: 60_000,
  heapMib: 256,
  maxWaiting: 10,
  turns: new PreparationTurns({ maxWaiting: 10, onWaiting() {}, rejection: () => new Error('refused') }),
  idleMs: 0,
  metrics: createPlanningMetrics(metrics),
  logger,
};

const client = () => async () => ({ data: null });
const load = (sdl: string, subgraphUrls: SubgraphUrls = new Map()) =>
  loadSupergraph('file', sdl, { subgraphUrls, client, planner });

async function namesOf(sdl: string, urls?: SubgraphUrls): Promise<string[]> {
  const { subgraphs, close } = await load(sdl, urls);
  await close();
  return subgraphs.map(({ name }) => name);
}

test('a composed supergraph is loaded with the names of its subgraphs', async () => {
  assert.deepEqual(await namesOf(supergraph), ['movies', 'scores']);
});

test('an invalid supergraph is rejected with its source and the reason', async () => {
  const table: [string, RegExp][] = [
    ['', /^The supergraph file is invalid: Syntax Error/],
    ['type Query { a: Int }', /must be a core schema/],
    [supergraph.replaceAll('score: Float', 'score: Flaot'), /Flaot/],
    [supergraph.replace('https://specs.apollo.dev/join/v0.5', 'https://specs.apollo.dev/join/v9.9'), /join/],
  ];
  for (const [text, message] of table) {
    await assert.rejects(load(text), { code: 'SUPERGRAPH_INVALID', exitCode: 2, message });
  }
});

test('each subgraph needs an address, of the supergraph or of the options', async () => {
  const without = supergraph.replace('https://scores.internal/graphql', '');
  await assert.rejects(load(without), /the subgraph scores has no http address but ""/);
  assert.deepEqual(await namesOf(without, new Map([['scores', 'http://127.0.0.1:4003/graphql']])), [
    'movies',
    'scores',
  ]);
});
