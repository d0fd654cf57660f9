import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@marquee/postgres/queryable';
import { readMigrations } from '@marquee/postgres/read-migrations';
import { migratedSubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import type { MutationCall } from '../../src/mutations/outcome.ts';
import { runMutation } from '../../src/mutations/run-mutation.ts';

const NOTES = readMigrations(new URL('../fixtures/notes/', import.meta.url));

let database: SubgraphDatabase;
before(async () => {
  database = await migratedSubgraphDatabase({ name: 'notes', migrations: NOTES });
});
after(() => database.drop());
beforeEach(() => database.pool.query('delete from notes'));

const call = (changes: Partial<MutationCall> = {}): MutationCall => ({
  subject: 'reader',
  mutation: 'createNote',
  idempotencyKey: null,
  request: { body: 'a' },
  ...changes,
});

const write = async (tx: Queryable) => {
  const { rows } = await tx.query<{ id: number }>(`insert into notes (body) values ('a') returning id`);
  return { done: { id: rows[0]?.id } };
};
const notes = async () => (await database.pool.query('select from notes')).rowCount;

test('without a key each call counts', async () => {
  await runMutation(database.pool, call(), write);
  await runMutation(database.pool, call(), write);
  assert.equal(await notes(), 2);
});

test('one after the other: five calls with one key have one effect and one answer', async () => {
  const answers = [];
  for (let time = 0; time < 5; time++) {
    answers.push(await runMutation(database.pool, call({ idempotencyKey: 'series' }), write));
  }
  assert.equal(await notes(), 1);
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
});

test('at the same time: five calls with one key have one effect and one answer', async () => {
  const slow = async (tx: Queryable) => {
    const outcome = await write(tx);
    await sleep(100);
    return outcome;
  };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => runMutation(database.pool, call({ idempotencyKey: 'parallel' }), slow)),
  );
  assert.equal(await notes(), 1);
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
});

test('another waits for the key, and does what the first one failed to do', async () => {
  const entered = Promise.withResolvers<void>();
  const failing = async (tx: Queryable): Promise<never> => {
    await write(tx);
    entered.resolve();
    await sleep(100);
    throw new Error('the first one fails');
  };
  const first = runMutation(database.pool, call({ idempotencyKey: 'failing' }), failing);
  const failed = assert.rejects(first, /the first one fails/);
  await entered.promise;
  assert.ok('done' in (await runMutation(database.pool, call({ idempotencyKey: 'failing' }), write)));
  await failed;
  assert.equal(await notes(), 1);
});

test('a key belongs to its subject', async () => {
  await runMutation(database.pool, call({ idempotencyKey: 'shared' }), write);
  await runMutation(database.pool, call({ idempotencyKey: 'shared', subject: 'other reader' }), write);
  assert.equal(await notes(), 2);
});

test('a key that comes with other arguments or another mutation is refused', async () => {
  const idempotencyKey = 'reused';
  await runMutation(database.pool, call({ idempotencyKey, request: { body: 'a', tags: [] } }), write);
  for (const other of [{ request: { body: 'b' } }, { mutation: 'deleteNote', request: { body: 'a', tags: [] } }]) {
    const outcome = await runMutation(database.pool, call({ idempotencyKey, ...other }), write);
    assert.deepEqual(outcome, { refused: { kind: 'keyReused' } });
  }
  const reordered = call({ idempotencyKey, request: { tags: [], body: 'a' } });
  assert.ok('done' in (await runMutation(database.pool, reordered, write)));
  assert.equal(await notes(), 1);
});

test('what is refused leaves nothing, and its key can be used again', async () => {
  const refusing = async (tx: Queryable) => {
    await write(tx);
    return { refused: { kind: 'outdated' as const } };
  };
  const idempotencyKey = 'refused';
  assert.deepEqual(await runMutation(database.pool, call({ idempotencyKey }), refusing), {
    refused: { kind: 'outdated' },
  });
  assert.equal(await notes(), 0);
  assert.ok('done' in (await runMutation(database.pool, call({ idempotencyKey }), write)));
});

test('keys older than a day go as new ones come', async () => {
  await runMutation(database.pool, call({ idempotencyKey: 'old' }), write);
  await database.pool.query(`update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'`);
  await runMutation(database.pool, call({ idempotencyKey: 'new' }), write);
  const { rows } = await database.pool.query(`select key from idempotency_keys where key in ('old', 'new')`);
  assert.deepEqual(rows, [{ key: 'new' }]);
});

test('of two that deadlock, both are done', async () => {
  let waiting = 0;
  const both = Promise.withResolvers<void>();
  const inOrder = (first: number, second: number) => async (tx: Queryable) => {
    await tx.query('update counters set value = value + 1 where id = $1', [first]);
    if (++waiting === 2) both.resolve();
    await both.promise;
    await tx.query('update counters set value = value + 1 where id = $1', [second]);
    return { done: null };
  };
  await Promise.all([
    runMutation(database.pool, call(), inOrder(1, 2)),
    runMutation(database.pool, call(), inOrder(2, 1)),
  ]);
  const { rows } = await database.pool.query('select value from counters order by id');
  assert.deepEqual(rows, [{ value: 2 }, { value: 2 }]);
});
