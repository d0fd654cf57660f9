import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { GraphQLSchema } from 'graphql';
import type { Stack } from '../end-to-end/stack.ts';
import { apiSchema, type Finding, fuzz } from './fuzz.ts';
import { residentBytes } from './memory.ts';

const SEED = 20_261_122;
const COUNT = 2_500;

/** Operations beforehand, so that code is compiled and connections are open when memory is measured. */
const WARM_UP = 300;

/** Growth of one process that caches of documents, plans and pages account for. */
const GROWTH_BYTES = 384 * 1024 * 1024;

/** Random operations, valid and broken, against everything as it runs. */
export function fuzzTests(running: () => Stack): void {
  describe('random operations', () => {
    let stack: Stack;
    let schema: GraphQLSchema;
    before(async () => {
      stack = running();
      schema = await apiSchema(stack.addresses.graphql);
    });

    const memory = () => {
      const { graphql, subgraphs } = stack.addresses;
      return Promise.all([graphql, ...Object.values(subgraphs)].map(residentBytes));
    };

    test(`${COUNT} of seed ${SEED}: no failure of ours, no internals in an answer, memory bounded`, async (t) => {
      await fuzz(stack.addresses.graphql, schema, SEED - WARM_UP, WARM_UP);
      const before = await memory();
      const { findings, outcomes } = await fuzz(stack.addresses.graphql, schema, SEED, COUNT);
      const after = await memory();
      t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
      t.diagnostic(
        `growth in MiB: ${after.map((bytes, i) => Math.round((bytes - (before[i] ?? 0)) / 2 ** 20)).join(', ')}`,
      );
      assert.deepEqual(findings.slice(0, 5) satisfies Finding[], []);
      assert.ok((outcomes.get('data') ?? 0) > COUNT / 10, 'many operations were answered with data');
      assert.ok((outcomes.get('GRAPHQL_VALIDATION_FAILED') ?? 0) > COUNT / 50, 'many were refused as invalid');
      for (const [i, bytes] of after.entries()) assert.ok(bytes - (before[i] ?? 0) < GROWTH_BYTES);
    });
  });
}
