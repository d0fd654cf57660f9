import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { queueChanges } from '../../src/application/changes-feed.ts';
import { createChangedEntities } from '../../src/infrastructure/postgres-changes.ts';
import { createTmdbClient } from '../../src/infrastructure/tmdb-client.ts';
import { json, serveHttp } from '../http-server.ts';
import { queueDatabase } from '../infrastructure/queue-database.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-03-20T12:00:00Z');
const SINCE = new Date('2026-03-02T12:00:00Z');

/** A TMDb on whose days one movie each changed: its id is the day of the month. */
async function serveChanges(t: TestContext, { includesEnd, mostDays }: { includesEnd: boolean; mostDays: number }) {
  const { url } = await serveHttp(t, ({ query }, response) => {
    const [start = 0, end = 0] = ['start_date', 'end_date'].map((name) => Date.parse(query.get(name) ?? ''));
    const last = includesEnd ? end : end - DAY_MS;
    const results = [];
    for (let day = start; day <= Math.min(last, NOW.getTime()); day += DAY_MS) {
      results.push({ id: new Date(day).getUTCDate() });
    }
    json(response, { results, page: 1, total_pages: results.length > mostDays ? 501 : 1 });
  });
  return clientOf(t, url);
}

function clientOf(t: TestContext, url: string) {
  const tmdb = createTmdbClient({
    address: { baseUrl: `${url}/3`, token: undefined, isEmulator: true },
    ...{ concurrency: 2, retries: 0, stop: new AbortController().signal },
  });
  t.after(() => tmdb.close());
  return tmdb;
}

for (const includesEnd of [true, false]) {
  for (const mostDays of [14, 2]) {
    const name = `${includesEnd ? 'with' : 'without'} its end date, and ${mostDays} days on 500 pages`;
    test(`every change is queued from a list ${name}`, async (t) => {
      const { pool } = await queueDatabase(t);
      const tmdb = await serveChanges(t, { includesEnd, mostDays });
      const query = { kind: 'movie', since: SINCE, now: NOW, rechecks: 0, addUnknown: true } as const;
      await queueChanges(tmdb, createChangedEntities(pool), query);
      const { rows } = await pool.query<{ id: number; lane: string }>('select id, lane from entities order by id');
      const days = Array.from({ length: 19 }, (_, index) => ({ id: index + 2, lane: 'change' }));
      assert.deepEqual(rows, days);
    });
  }
}

test('every page of a list is read', async (t) => {
  const { pool } = await queueDatabase(t);
  const { url } = await serveHttp(t, ({ query }, response) => {
    const page = Number(query.get('page'));
    json(response, { results: [{ id: page }], page, total_pages: 5 });
  });
  const tmdb = clientOf(t, url);
  const query = { kind: 'movie', since: NOW, now: NOW, rechecks: 0, addUnknown: true } as const;
  assert.equal(await queueChanges(tmdb, createChangedEntities(pool), query), 5);
});
