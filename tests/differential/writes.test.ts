import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import fc from 'fast-check';
import { startApollo, startMarquee, type WrittenGateway } from './written-gateways.ts';

const SEED = 20_261_128;
const SCRIPTS = 40;
const MAX_STEPS = 24;

/** Equal queries share an execution; different ones share the requests to subgraphs that they have in common. */
const QUERIES = [
  '{ item { id name stock } }',
  'query Other { item { stock id alias: id name } }',
  '{ item { stock } }',
] as const;

/** A mutation is followed by requests for entities, which a query may have asked for before. */
const MUTATIONS = [
  'mutation { setName(value: VALUE) { name stock } }',
  'mutation { setStock(value: VALUE) { stock name } }',
] as const;

/** It writes once more when its first answer is released, so it is never held: that write would race with what else is released. */
const TWO_WRITES = 'mutation { first: setStock(value: VALUE) { stock } second: setName(value: VALUE) { name stock } }';

const SUBGRAPHS = ['names', 'stocks'] as const;

type Step =
  | { readonly kind: 'begin'; readonly operation: string; readonly heldAt: string }
  | { readonly kind: 'finish'; readonly operation: string }
  | { readonly kind: 'release' };

/** Returns the steps that a script consists of, with VALUE in place of what mutations write. */
function stepsHeldAt(heldAt: string): fc.Arbitrary<Step> {
  const query = fc.constantFrom(...QUERIES);
  const mutation = fc.constantFrom(...MUTATIONS);
  return fc.oneof(
    fc.constant<Step>({ kind: 'release' }),
    { arbitrary: query.map((operation): Step => ({ kind: 'begin', operation, heldAt })), weight: 3 },
    fc
      .tuple(mutation, fc.constantFrom(...SUBGRAPHS))
      .map(([operation, at]): Step => ({ kind: 'begin', operation, heldAt: at })),
    mutation.map((operation): Step => ({ kind: 'finish', operation })),
    fc.constant<Step>({ kind: 'finish', operation: TWO_WRITES }),
  );
}

/** Polls with held responses, mutations with and without, queries after mutations, and releases. Each mutation writes another value. */
const scripts: fc.Arbitrary<Step[]> = fc
  // A query that joins another reads when that one does, so a script holds all queries at one subgraph.
  .constantFrom(...SUBGRAPHS)
  .chain((heldAt) => fc.array(stepsHeldAt(heldAt), { minLength: 1, maxLength: MAX_STEPS, size: 'max' }))
  .map((steps) =>
    steps.map((step, index) =>
      'operation' in step ? { ...step, operation: step.operation.replaceAll('VALUE', String(index + 1)) } : step,
    ),
  );

async function play({ item, execute }: WrittenGateway, steps: readonly Step[]): Promise<string[]> {
  const answers: Promise<string>[] = [];
  for (const step of steps) {
    if (step.kind === 'release') item.release();
    else {
      item.holdAt(step.kind === 'begin' ? step.heldAt : undefined);
      const { writes } = item;
      const answer = execute(step.operation);
      answers.push(answer);
      if (step.kind === 'finish') await answer;
      // A worker sends a mutation once the other workers know of it, which barriers do not wait for.
      else if (step.operation.startsWith('mutation')) await eventually(async () => assert.ok(item.writes > writes));
    }
    // What the step began has come as far as it can once these, which take the same way, are answered by each worker.
    for (let round = 0; round < 4; round += 1) await execute(`{ barrier${step.kind}${round}: barrier }`);
    item.holdAt(undefined);
  }
  item.release();
  return Promise.all(answers);
}

for (const workers of [1, 2]) {
  describe(`with ${workers} of its workers`, () => {
    let marquee: WrittenGateway;
    let apollo: WrittenGateway;
    before(async () => {
      marquee = await startMarquee(workers);
      apollo = await startApollo();
      // Every worker has planned every operation, so that none is behind the requests that come after it.
      for (const gateway of [marquee, apollo]) {
        for (const operation of [...QUERIES, ...MUTATIONS, TWO_WRITES]) {
          for (let round = 0; round < 4; round += 1) await gateway.execute(operation.replaceAll('VALUE', '0'));
        }
      }
    });
    after(async () => {
      await marquee?.stop();
      await apollo?.stop();
    });

    test(`${SCRIPTS} scripts of polls, mutations and refetches are answered as by Apollo Gateway`, async () => {
      const property = fc.asyncProperty(scripts, async (steps) => {
        const expected = await play(apollo, steps);
        assert.deepEqual(await play(marquee, steps), expected);
      });
      await fc.assert(property, { seed: SEED, numRuns: SCRIPTS });
    });
  });
}
