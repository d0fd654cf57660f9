import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createRequestRate } from '../../src/infrastructure/request-rate.ts';
import { createTmdbClient } from '../../src/infrastructure/tmdb-client.ts';
import { json, serveHttp } from '../http-server.ts';

/** A TMDb that takes so many requests in each second of its own, and counts those it refuses. */
async function limited(t: TestContext, limit: { perSecond: number }, retryAfter?: string) {
  let second = 0;
  let inSecond = 0;
  const counts = { taken: 0, refused: 0 };
  const { url } = await serveHttp(t, (_seen, response) => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) inSecond = 0;
    second = now;
    inSecond += 1;
    if (inSecond <= limit.perSecond) {
      counts.taken += 1;
      json(response, { cast: [], crew: [] });
    } else {
      counts.refused += 1;
      json(response, { status_code: 25, status_message: 'Over the limit.' }, 429, {
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      });
    }
  });
  return { url, counts };
}

function client(t: TestContext, baseUrl: string, rate: number | undefined, retries = 7) {
  const stop = new AbortController().signal;
  const tmdb = createTmdbClient({
    address: { baseUrl, token: undefined, isEmulator: true },
    ...{ concurrency: 20, requestRate: createRequestRate(rate, stop), retries, stop },
  });
  t.after(() => tmdb.close());
  return tmdb;
}

const creditsOf = (tmdb: ReturnType<typeof client>, movies: number) =>
  Promise.all(Array.from({ length: movies }, (_, index) => tmdb.credits(index + 1)));

for (const [what, rate, retryAfter] of [
  ['without a Retry-After', 40, undefined],
  ['with a Retry-After', 40, '1'],
  ['and no rate of our own', undefined, undefined],
] as const) {
  test(`a lowered limit is found, ${what}: few requests are repeated, and none is lost`, async (t) => {
    const { url, counts } = await limited(t, { perSecond: 10 }, retryAfter);
    // One try for each request but for those that came too early.
    await creditsOf(client(t, url, rate, 1), 120);
    assert.equal(counts.taken, 120);
    assert.ok(counts.refused <= 40, `${counts.refused} of ${counts.taken + counts.refused} requests were refused`);
  });
}

test('a limit that is raised again is followed', async (t) => {
  const limit = { perSecond: 5 };
  const { url, counts } = await limited(t, limit);
  const tmdb = client(t, url, 40);
  await creditsOf(tmdb, 15);
  const { refused } = counts;
  limit.perSecond = 1_000;
  await creditsOf(tmdb, 45);
  assert.deepEqual(counts, { taken: 60, refused });
});
