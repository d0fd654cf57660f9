import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { test } from 'node:test';
import { awaitArrival, isRecentId } from '../../src/mutations/await-arrival.ts';
import type { Outcome } from '../../src/mutations/outcome.ts';

interface Missing {
  readonly id: string;
}

/** Executes with these outcomes, the last of which repeats; returns the outcome and the number of executions. */
async function executed(...outcomes: Outcome<string, Missing>[]) {
  let executions = 0;
  const outcome = await awaitArrival(
    async () => outcomes[Math.min(executions++, outcomes.length - 1)] as Outcome<string, Missing>,
    ({ id }: Missing) => id,
  );
  return { outcome, executions };
}

const recent = { refused: { id: randomUUIDv7() } };

test('a mutation is executed again until the entity has arrived', async () => {
  assert.deepEqual(await executed(recent, recent, { done: 'rated' }), { outcome: { done: 'rated' }, executions: 3 });
});

test('a mutation is executed once for an id that is not a recent one', async () => {
  for (const id of ['603', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F']) {
    assert.deepEqual(await executed({ refused: { id } }), { outcome: { refused: { id } }, executions: 1 });
  }
});

test('an entity that does not arrive is refused after 2 seconds', async () => {
  const start = Date.now();
  const { outcome, executions } = await executed(recent);
  assert.deepEqual(outcome, recent);
  assert.ok(executions > 5, `${executions}`);
  assert.ok(Date.now() - start >= 2_000);
});

/** The example of RFC 9562, appendix A.6, made on 22 February 2022 at 19:22:22 GMT. */
const EXAMPLE = '017F22E2-79B0-7CC3-98C4-DC0C0C07398F';
const made = Date.UTC(2022, 1, 22, 19, 22, 22);

test('distinguishes a UUIDv7 of these seconds from older ones and from other ids', () => {
  const at = (ms: number, id = EXAMPLE) => isRecentId(id, new Date(made + ms), 10_000);
  assert.deepEqual([at(0), at(10_000), at(-10_000), at(10_001), at(-10_001)], [true, true, true, false, false]);
  assert.equal(at(0, EXAMPLE.toLowerCase()), true);
  for (const id of ['603', '', `${EXAMPLE}0`, EXAMPLE.replace('-7', '-4'), EXAMPLE.replace('-9', '-7')]) {
    assert.equal(at(0, id), false, id);
  }
});
