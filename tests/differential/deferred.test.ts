import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { print, validate } from 'graphql';
import { Operation, operations } from '../fuzz/operation.ts';
import { type Random, seededChoices } from '../fuzz/random.ts';
import { anyOperation } from './any-operation.ts';
import { deferring, merged, withoutDefer } from './deferring.ts';
import { ours, WIRE } from './gateways.ts';
import { NO_FAULTS } from './generated-data.ts';
import { createGraph, type Graph } from './graph.ts';
import { GRAPHS } from './graphs.ts';
import { oursIncrementally } from './incremental-execution.ts';

const SEED = 20_261_122;
const OPERATIONS = 250;

test(`${OPERATIONS} random operations of seed ${SEED}: incremental results merge to the single result`, async (t) => {
  const graphs = Object.entries(GRAPHS).map(([name, parts]) => createGraph(name, parts));
  const met = { deferred: 0, parts: 0, withErrors: 0, otherwise: 0 };
  const trials = fc.oneof(...graphs.map(trialsOn));
  const property = fc.asyncProperty(trials, async ({ graph, operation, isFaulty, seed }) => {
    const { document: deferred, variables } = operation;
    const document = withoutDefer(deferred);
    const profile = { ...NO_FAULTS, seed, ...(isFaulty && { faults: 50 }) };
    const execution = () => ({ profile, mutations: 0, unknown: 0 });
    const dice = seededChoices(seed);
    const wire = { ...WIRE, delay: () => dice.below(3) };
    const whole = await ours(graph, document, variables, execution(), wire);
    const truth = await graph.whole(document, variables, execution());
    if (whole.text !== JSON.stringify(truth.data)) {
      met.otherwise += 1; // covered by the test without incremental delivery
      return;
    }
    const { first, later: parts } = await oursIncrementally(graph, deferred, variables, execution(), wire);
    const errors = [first, ...parts].flatMap((part) => part.errors);
    if (parts.length > 0) met.deferred += 1;
    met.parts += parts.length;
    if (whole.errors.length === 0) assert.deepEqual(merged(first.data, parts), whole.data);
    else met.withErrors += 1;
    assert.equal(errors.length > 0, whole.errors.length > 0, JSON.stringify([errors, whole.errors]));
    for (const part of parts) {
      for (const { path } of part.errors) {
        assert.deepEqual(path?.slice(0, part.path.length) ?? part.path, part.path, JSON.stringify(part));
      }
    }
    // Without incremental delivery, the response is single.
    assert.equal((await ours(graph, deferred, variables, execution(), wire)).text, whole.text);
  });
  await fc.assert(property, { seed: SEED, numRuns: OPERATIONS });
  t.diagnostic(JSON.stringify(met));
  assert.ok(met.deferred > OPERATIONS / 3 && met.otherwise < OPERATIONS / 20, JSON.stringify(met));
});

function trialsOn(graph: Graph) {
  const { apiSchema } = graph.supergraph;
  const deferredOperation = (random: Random) => {
    const { document, variables } = anyOperation(apiSchema, random);
    const deferred = deferring(document, random);
    assert.deepEqual(validate(apiSchema, deferred), [], print(deferred));
    return new Operation(deferred, variables);
  };
  return fc.record({
    graph: fc.constant(graph),
    operation: operations(apiSchema, deferredOperation),
    isFaulty: fc.nat(9).map((tenth) => tenth > 6),
    seed: fc.noShrink(fc.noBias(fc.nat())),
  });
}
