import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { EntityChange } from '@marquee/events/change-codec';
import { inTransaction } from '@marquee/postgres/transaction';
import { followingPeople } from '../../src/infrastructure/people-follower.ts';
import { type MoviesDatabase, moviesDatabase } from '../fixtures/database.ts';

let database: MoviesDatabase;
before(async () => {
  database = await moviesDatabase();
});
after(() => database.drop());

const billed = async () =>
  (
    await database.pool.query<{ line: string }>(
      `select movie_id || ': ' || string_agg(person_id, ' ' order by person_id) as line from movie_top_billed group by movie_id order by 1`,
    )
  ).rows.map(({ line }) => line);

/** Null: the movie has no credits any more. */
function credits(entityId: string, facts: { readonly topBilled?: string[] } | null): EntityChange<'people'> {
  const about = { eventId: 'event', occurredAt: new Date(), entityId, version: 1, tags: [] };
  const entity = 'MovieCredits' as const;
  return facts === null
    ? { ...about, entity, change: 'deleted', facts: null }
    : { ...about, entity, change: 'updated', facts };
}
const follow = (...changes: EntityChange<'people'>[]) =>
  inTransaction(database.pool, (tx) => followingPeople.handler(tx, changes));

it('keeps who is billed first in movies, whether or not they are there', async () => {
  await follow(credits('603', { topBilled: ['6384', '2975', '530'] }), credits('604', { topBilled: ['6384'] }));
  assert.deepEqual(await billed(), ['603: 2975 530 6384', '604: 6384']);
  await follow(credits('603', { topBilled: ['6384', '1331'] }), credits('604', { topBilled: [] }));
  assert.deepEqual(await billed(), ['603: 1331 6384']);
});

it('takes silence for none told, and a deletion for nobody', async () => {
  await follow(credits('603', { topBilled: ['6384'] }), credits('604', { topBilled: ['6384'] }));
  await follow(credits('603', {}), credits('604', null));
  assert.deepEqual(await billed(), ['603: 6384']);
});

it('comes to the same whatever comes at once', async () => {
  const ids = Array.from({ length: 30 }, (_, n) => `${n}`);
  await Promise.all(
    ['1', '2', '3', '4'].map((person) => follow(...ids.map((id) => credits(id, { topBilled: [person, '5'] })))),
  );
  await follow(...ids.map((id) => credits(id, { topBilled: ['5', '6'] })));
  assert.deepEqual(
    (await billed()).filter((line) => !line.endsWith(': 5 6')),
    ['603: 6384'],
  );
});
