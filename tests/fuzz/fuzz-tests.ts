import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import type { GraphQLSchema } from 'graphql';
import type { Stack } from '../end-to-end/stack.ts';
import { apiSchema, type Finding, fuzz } from './fuzz.ts';
import { fuzzHostile } from './hostile-fuzz.ts';
import { memoryOf } from './memory.ts';

const SEED = 20_261_122;
const COUNT = 2_500;
const HOSTILE = 200;

/** Number of warm-up operations before memory is measured. */
const WARM_UP = 300;

/** Growth of one process by its caches, in MiB. */
const MAX_GROWTH = 256;

/** Limit of `/metrics` in bytes. */
const MAX_METRICS = 1_000_000;

/** Tests random valid and broken operations on the whole stack. */
export function fuzzTests(running: () => Stack): void {
  describe('random operations', () => {
    let stack: Stack;
    let schema: GraphQLSchema;
    before(async () => {
      stack = running();
      schema = await apiSchema(stack.addresses.graphql);
    });

    const memory = async () => {
      const { graphql, subgraphs } = stack.addresses;
      const held = await Promise.all([graphql, ...Object.values(subgraphs)].map(memoryOf));
      return held.map(({ resident }) => resident);
    };

    test(`${COUNT} of seed ${SEED}: no unexpected error, no internals in a response, bounded memory`, async (t) => {
      const token = (await readFile(path.join(stack.stateDir, 'token'), 'utf8')).trim();
      const target = { url: stack.addresses.graphql, token, schema };
      await fuzz({ ...target, seed: SEED - WARM_UP, count: WARM_UP });
      const before = await memory();
      const { findings, outcomes } = await fuzz({ ...target, seed: SEED, count: COUNT });
      const growth = (await memory()).map((held, index) => held - (before[index] ?? 0));
      t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
      t.diagnostic(`growth in MiB: ${growth.join(', ')}`);
      assert.deepEqual(findings.slice(0, 5) satisfies Finding[], []);
      assert.ok((outcomes.get('data') ?? 0) > COUNT / 10, 'many operations were answered with data');
      assert.ok((outcomes.get('data of a mutation') ?? 0) > COUNT / 50, 'mutations too');
      assert.ok((outcomes.get('GRAPHQL_VALIDATION_FAILED') ?? 0) > COUNT / 50, 'many were refused as invalid');
      for (const each of growth) assert.ok(each < MAX_GROWTH);
    });

    test(`${HOSTILE} of hostile size and shape of seed ${SEED}: each costs little CPU and keeps little memory`, async (t) => {
      const { graphql, subgraphs } = stack.addresses;
      const processes = [graphql, ...Object.values(subgraphs)];
      const result = await fuzzHostile({ url: graphql, processes, schema, seed: SEED, count: HOSTILE });
      t.diagnostic(JSON.stringify(result.dearest));
      assert.deepEqual(result.findings.slice(0, 5), []);
      assert.ok(Number.isFinite(result.slowestHealth), 'every /healthz was answered');
      assert.ok(result.metricsBytes < MAX_METRICS, `/metrics of ${result.metricsBytes} bytes`);
    });
  });
}
