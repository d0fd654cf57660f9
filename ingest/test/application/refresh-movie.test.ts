import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ingestMovie } from '../../src/application/ingest-movie.ts';
import { refreshMovie } from '../../src/application/refresh-movie.ts';
import { serveEmulator } from '../emulator/emulator-server.ts';
import { json, serveHttp } from '../http-server.ts';
import { CREW_MEMBER, MOVIE, review } from '../tmdb-samples.ts';
import { leaseOf, refreshTools, VERSION } from './refresh-tools.ts';

const lease = (more: Parameters<typeof leaseOf>[1] = {}) => leaseOf({ kind: 'movie', id: 7 }, more);

/** A TMDb with a movie of three pages of reviews, without the appended parts that `without` names. */
async function serveMovie(t: TestContext, without: readonly string[] = []) {
  const pages = [1, 2, 3].map((page) => ({ page, results: [review(page)], total_pages: 3 }));
  const credits = { cast: [], crew: [CREW_MEMBER] };
  const { url, seen } = await serveHttp(t, ({ path, query }, response) => {
    const page = pages[Number(query.get('page') ?? 1) - 1];
    if (path.endsWith('/credits')) json(response, { id: 7, ...credits });
    else if (path.endsWith('/reviews')) json(response, { id: 7, ...page });
    else {
      const appended = Object.entries({ credits, reviews: pages[0] }).filter(([name]) => !without.includes(name));
      json(response, { ...MOVIE, ...Object.fromEntries(appended) }, 200, {
        etag: 'W/"1"',
        'cache-control': 'public, max-age=3600',
      });
    }
  });
  return { url: `${url}/3`, seen };
}

for (const without of [[], ['credits'], ['reviews'], ['credits', 'reviews']]) {
  test(`both request strategies publish equal events, when TMDb appends no ${without.join(', ') || 'less'}`, async (t) => {
    const { url, seen } = await serveMovie(t, without);
    const { log, tmdb, tools, persons } = await refreshTools(t, url);
    await ingestMovie(tmdb, tools.publisher, 7, VERSION);
    assert.equal(seen.length, 5);
    const { result, settlement } = await refreshMovie(lease(), tools);
    assert.equal(result, 'published');
    assert.ok(settlement.outcome === 'refreshed');
    assert.equal(settlement.content.etag, null, 'the ETag does not cover the further pages');
    assert.equal(seen.length, 5 + 1 + 2 + without.length);
    assert.deepEqual(persons, [CREW_MEMBER.id]);
    const byTopic = Map.groupBy(await log.records(), ({ topic }) => topic);
    for (const [topic, [separate, appended]] of byTopic) {
      assert.ok(separate?.value && appended?.value, topic);
      assert.equal(appended.value.toString(), separate.value.toString());
      const attributes = ({ ce_id: _id, ...rest }: Record<string, string>) => rest;
      assert.deepEqual(attributes(appended.headers), attributes(separate.headers));
    }
  });
}

test('an equal ETag or equal content publishes nothing, unless forced', async (t) => {
  const { log, tools } = await refreshTools(t, await serveEmulator(t));
  const first = await refreshMovie(lease(), tools);
  assert.ok(first.settlement.outcome === 'refreshed');
  const { content } = first.settlement;
  const published = (await log.records()).length;
  const notModified = await refreshMovie(lease(content), tools);
  const equal = await refreshMovie(lease({ ...content, etag: null }), tools);
  const changed = await refreshMovie(lease({ ...content, lane: 'change' }), tools);
  assert.deepEqual([notModified.result, equal.result, changed.result], ['unchanged', 'unchanged', 'unchanged']);
  assert.deepEqual(equal.settlement.outcome === 'refreshed' && equal.settlement.content, content);
  assert.equal(changed.settlement.outcome === 'refreshed' && changed.settlement.recheckInSeconds, 3600);
  assert.equal((await log.records()).length, published);
  const forced = await refreshMovie(lease(content), { ...tools, force: true });
  assert.equal(forced.result, 'published');
  assert.equal((await log.records()).length, 2 * published);
});

test('a change is requested again when parts of it had a request of their own, which may have come from a cache', async (t) => {
  const { url } = await serveMovie(t);
  const { tools } = await refreshTools(t, url);
  const { result, settlement } = await refreshMovie(lease({ lane: 'change' }), tools);
  assert.equal(result, 'published');
  assert.equal(settlement.outcome === 'refreshed' && settlement.recheckInSeconds, 3600);
  const again = (await refreshMovie(lease({ lane: 'recheck' }), tools)).settlement;
  assert.equal(again.outcome === 'refreshed' && again.recheckInSeconds, undefined);
});

test('a failed part is retried, and the others are not published again', async (t) => {
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path.endsWith('/reviews')) json(response, { status_code: 11, status_message: 'Internal error.' }, 500);
    else json(response, { ...MOVIE, credits: { cast: [], crew: [] } }, 200, { etag: 'W/"1"' });
  });
  const { log, tools } = await refreshTools(t, url);
  const { result, settlement } = await refreshMovie(lease(), tools);
  assert.ok(result === 'failed' && settlement.outcome === 'failed');
  assert.deepEqual([settlement.code, settlement.content.etag], ['TMDB_FAILED', null]);
  assert.ok((settlement.retryInSeconds ?? 0) > 0);
  const published = (await log.records()).length;
  assert.equal(published, 3);
  await refreshMovie(lease({ ...settlement.content, attempts: 1 }), tools);
  assert.equal((await log.records()).length, published);
});

test('a permanent failure is not retried', async (t) => {
  const { url } = await serveHttp(t, (_seen, response) =>
    json(response, { status_code: 5, status_message: 'Invalid parameters.' }, 422),
  );
  const { tools } = await refreshTools(t, url);
  const { settlement } = await refreshMovie(lease(), tools);
  assert.deepEqual(settlement.outcome === 'failed' && [settlement.code, settlement.retryInSeconds], [
    'TMDB_REFUSED',
    null,
  ]);
});
