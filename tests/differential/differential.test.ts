import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareGateways } from './run.ts';

const SEED = 20_261_122;
const OPERATIONS = 1_500;

test(`${OPERATIONS} random operations of seed ${SEED} have the results of graphql-js and Apollo Gateway`, async (t) => {
  const { byBehaviour, explained, unexplained } = await compareGateways({ seed: SEED, operations: OPERATIONS });
  t.diagnostic(JSON.stringify({ byBehaviour, explained }));
  assert.deepEqual(unexplained.slice(0, 3), []);
  for (const [behaviour, count] of Object.entries(byBehaviour)) assert.ok(count >= OPERATIONS / 20, behaviour);
});
