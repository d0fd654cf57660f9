import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import fc from 'fast-check';
import { type Connection, startApollo, startMarquee, type WrittenGateway } from './written-gateways.ts';
import type { WrittenItem } from './written-graph.ts';

const SEED = 20_261_128;
const SCRIPTS = 40;
const MAX_STEPS = 24;

/** Equal queries share an execution; other queries share equal requests to subgraphs. */
const QUERIES = [
  '{ item { id name stock } }',
  'query Other { item { stock id alias: id name } }',
  '{ item { stock } }',
] as const;

/** A mutation that requests entities afterwards, which a query may have requested before. */
const MUTATIONS = [
  'mutation { setName(value: VALUE) { name stock } }',
  'mutation { setStock(value: VALUE) { stock name } }',
] as const;

/** Never held: it writes again after its first response, which would race with other released responses. */
const TWO_WRITES = 'mutation { first: setStock(value: VALUE) { stock } second: setName(value: VALUE) { name stock } }';

const SUBGRAPHS = ['names', 'stocks'] as const;

type Step =
  | { readonly kind: 'begin'; readonly operation: string; readonly heldAt: string }
  | { readonly kind: 'finish'; readonly operation: string }
  | { readonly kind: 'release' };

/** Returns the possible steps of a script; mutations write VALUE. */
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

/** Returns a script of polls with held responses, mutations, queries after mutations, and releases. Each mutation writes another value. */
const scripts: fc.Arbitrary<Step[]> = fc
  // A query that joins another has its result, so a script holds all queries at one subgraph.
  .constantFrom(...SUBGRAPHS)
  .chain((heldAt) => fc.array(stepsHeldAt(heldAt), { minLength: 1, maxLength: MAX_STEPS, size: 'max' }))
  .map((steps) =>
    steps.map((step, index) =>
      'operation' in step ? { ...step, operation: step.operation.replaceAll('VALUE', String(index + 1)) } : step,
    ),
  );

const BARRIER = 'query ($number: Int!) { barrier(number: $number) }';
let barriers = 0;

/**
 * Resolves when every worker has sent what the responses it has allow it to send: a barrier takes the path of the requests
 * before it on a connection, and a held response does not hold it.
 */
async function settle(item: WrittenItem, connections: Iterable<Connection>): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(
      [...connections].map((connection) => {
        barriers += 1;
        return Promise.race([item.passed(barriers), connection.execute(BARRIER, { number: barriers })]);
      }),
    );
  }
}

async function play(gateway: WrittenGateway, steps: readonly Step[]): Promise<string[]> {
  const { item } = gateway;
  const answers: Promise<string>[] = [];
  const pending = new Set<Connection>();
  const connections: Connection[] = [];
  for (const step of steps) {
    if (step.kind === 'release') item.release();
    else {
      item.holdAt(step.kind === 'begin' ? step.heldAt : undefined);
      const { writes } = item;
      const connection = gateway.connect();
      connections.push(connection);
      pending.add(connection);
      const answer = connection.execute(step.operation).finally(() => pending.delete(connection));
      answers.push(answer);
      if (step.kind === 'finish') await answer;
      // A worker announces a mutation to the others before it sends it; barriers do not wait for that.
      else if (step.operation.startsWith('mutation')) await eventually(async () => assert.ok(item.writes > writes));
    }
    await settle(item, pending);
    item.holdAt(undefined);
  }
  item.release();
  const results = await Promise.all(answers);
  await Promise.all(connections.map((connection) => connection.close()));
  return results;
}

for (const workers of [1, 2]) {
  describe(`with ${workers} of its workers`, () => {
    let marquee: WrittenGateway;
    let apollo: WrittenGateway;
    before(async () => {
      marquee = await startMarquee(workers);
      apollo = await startApollo();
      // Every worker plans every operation first, so that no request waits for a plan: of concurrent connections each accepts some.
      for (const gateway of [marquee, apollo]) {
        for (const operation of [...QUERIES, ...MUTATIONS, TWO_WRITES]) {
          const steps: Step[] = [{ kind: 'finish', operation: operation.replaceAll('VALUE', '0') }];
          await Promise.all(Array.from({ length: 4 * workers }, () => play(gateway, steps)));
        }
      }
    });
    after(async () => {
      await marquee?.stop();
      await apollo?.stop();
    });

    test(`${SCRIPTS} scripts of polls, mutations and refetches have the results of Apollo Gateway`, async () => {
      const property = fc.asyncProperty(scripts, async (steps) => {
        const expected = await play(apollo, steps);
        assert.deepEqual(await play(marquee, steps), expected);
      });
      await fc.assert(property, { seed: SEED, numRuns: SCRIPTS });
    });
  });
}
