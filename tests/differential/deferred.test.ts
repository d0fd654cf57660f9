import assert from 'node:assert/strict';
import { test } from 'node:test';
import { print, validate } from 'graphql';
import { random } from '../fuzz/random.ts';
import { anyOperation } from './any-operation.ts';
import { deferring, merged } from './deferring.ts';
import { ours, WIRE } from './gateways.ts';
import { createGraph } from './graph.ts';
import { GRAPHS } from './graphs.ts';
import { incrementally } from './incrementally.ts';
import { FAIR } from './world.ts';

const SEED = 20_261_122;
const OPERATIONS = 250;

test(`${OPERATIONS} random operations of seed ${SEED}: what comes in parts is what comes at once`, async (t) => {
  const graphs = Object.entries(GRAPHS).map(([name, parts]) => createGraph(name, parts));
  const met = { deferred: 0, parts: 0, withErrors: 0, otherwise: 0 };
  for (let seed = SEED; seed < SEED + OPERATIONS; seed++) {
    const graph = graphs[seed % graphs.length] as (typeof graphs)[number];
    const dice = random(seed);
    const { document, variables } = anyOperation(graph.supergraph.apiSchema, dice);
    const isFaulty = dice.chance(0.3);
    const weather = { ...FAIR, seed, ...(isFaulty && { faults: 50 }) };
    const execution = () => ({ weather, mutations: 0, unknown: 0 });
    const wire = { ...WIRE, delay: () => dice.below(3) };
    const deferred = deferring(document, dice);
    const about = `${seed}, ${graph.name}: ${print(deferred)} ${JSON.stringify(variables)}`;
    assert.deepEqual(validate(graph.supergraph.apiSchema, deferred), [], about);

    const whole = await ours(graph, document, variables, execution(), wire);
    const truth = await graph.whole(document, variables, execution());
    if (whole.text !== JSON.stringify(truth.data)) {
      met.otherwise += 1; // that is told of by the test of what comes at once
      continue;
    }
    const { first, later: parts } = await incrementally(graph, deferred, variables, execution(), wire);
    const errors = [first, ...parts].flatMap((part) => part.errors);
    if (parts.length > 0) met.deferred += 1;
    met.parts += parts.length;
    if (whole.errors.length === 0) assert.deepEqual(merged(first.data, parts), whole.data, about);
    else met.withErrors += 1;
    assert.equal(errors.length > 0, whole.errors.length > 0, `${about}\n${JSON.stringify([errors, whole.errors])}`);
    for (const part of parts) {
      for (const { path } of part.errors) {
        assert.deepEqual(path?.slice(0, part.path.length) ?? part.path, part.path, `${about}\n${JSON.stringify(part)}`);
      }
    }
    // Clients that take no parts get everything at once.
    assert.equal((await ours(graph, deferred, variables, execution(), wire)).text, whole.text, about);
  }
  t.diagnostic(JSON.stringify(met));
  assert.ok(met.deferred > OPERATIONS / 3 && met.otherwise < OPERATIONS / 20, JSON.stringify(met));
});
