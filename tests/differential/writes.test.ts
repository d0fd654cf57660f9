import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { type Random, seededRandom } from '@marquee/testing/random';
import { startApollo, startMarquee, type WrittenGateway } from './written-gateways.ts';

const SEED = 20_261_128;
const SCRIPTS = 40;
const STEPS = 12;

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

/** Polls whose answers are held, mutations whose answers are held or not, refetches, and releases. */
function script(random: Random): Step[] {
  // One that joins another reads when that one does: all of a script are held at one place.
  const heldAt = random.one(SUBGRAPHS);
  return Array.from({ length: STEPS }, (_, index): Step => {
    const query = random.one(QUERIES);
    const mutation = random.one(MUTATIONS).replace('VALUE', String(index + 1));
    const twoWrites = TWO_WRITES.replaceAll('VALUE', String(index + 1));
    return random.one<Step>([
      { kind: 'begin', operation: query, heldAt },
      { kind: 'begin', operation: query, heldAt },
      { kind: 'begin', operation: query, heldAt },
      { kind: 'begin', operation: mutation, heldAt: random.one(SUBGRAPHS) },
      { kind: 'finish', operation: mutation },
      { kind: 'finish', operation: twoWrites },
      { kind: 'release' },
    ]);
  });
}

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
      for (let index = 0; index < SCRIPTS; index += 1) {
        const steps = script(seededRandom(SEED + index));
        const expected = await play(apollo, steps);
        assert.deepEqual(await play(marquee, steps), expected, JSON.stringify(steps, undefined, 1));
      }
    });
  });
}
