import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { queryObjects } from 'node:v8';
import { MarqueeError } from '@marquee/runtime/errors';
import { ingestMovies, type WithinTrace } from '../../src/application/ingest-movies.ts';
import { moviesWithIds, popularMovies } from '../../src/application/movie-lists.ts';
import { readCatalogue, SAMPLE_CATALOGUE } from '../../src/emulator/catalogue-file.ts';
import { createEventPublisher } from '../../src/infrastructure/event-publisher.ts';
import { createTmdbClient } from '../../src/infrastructure/tmdb-client.ts';
import { admin, type EmulatorServerOptions, serveEmulator } from '../emulator/emulator-server.ts';
import { json, serveHttp } from '../http-server.ts';
import { manyMedia } from '../many-media.ts';
import { testEventLog } from '../test-event-log.ts';
import { CREW_MEMBER, MOVIE, review } from '../tmdb-samples.ts';

const withinTrace: WithinTrace = (_entity, ingest) => ingest();

/** A run against a TMDb at `baseUrl`, into an event log of its own. */
async function prepare(t: TestContext, baseUrl: string, stop = new AbortController()) {
  const log = await testEventLog(t);
  const tmdb = createTmdbClient({
    address: { baseUrl, token: undefined, isEmulator: true },
    concurrency: 10,
    retries: 10,
    stop: stop.signal,
    random: () => 0.05,
  });
  t.after(() => tmdb.close());
  const publisher = createEventPublisher(log.eventLog, baseUrl);
  return { log, tmdb, run: { tmdb, publisher, moviesAtOnce: 10, stop: stop.signal, withinTrace } };
}

async function sampleEmulator(t: TestContext, options: EmulatorServerOptions = {}) {
  return serveEmulator(t, { catalogue: await readCatalogue(SAMPLE_CATALOGUE), ...options });
}

test('a movie is published as four events, with every page of its reviews', async (t) => {
  const baseUrl = await sampleEmulator(t);
  const { log, tmdb, run } = await prepare(t, baseUrl);
  const before = Date.now();
  const report = await ingestMovies(run, moviesWithIds([603, 603]));
  assert.deepEqual(report, {
    movies: 1,
    published: { details: 1, media: 1, credits: 1, ratings: 1 },
    deleted: [],
    unknown: [],
    failed: [],
    omissions: { count: 0, first: [] },
    notStarted: [],
    counts: { deleted: 0, unknown: 0, failed: 0, notStarted: 0 },
  });
  assert.equal(tmdb.requests, 5);

  const events = await log.events();
  const bodies = new Map(events.map((event) => [event.topic, event.kind === 'observed' ? event.data : undefined]));
  const details = bodies.get('marquee.movie-details.v1');
  assert.ok(details && 'title' in details);
  assert.deepEqual([details.title, details.keywords.length > 3, details.releases.length], ['The Matrix', true, 3]);
  const credits = bodies.get('marquee.movie-credits.v1');
  assert.ok(credits && 'cast' in credits);
  assert.deepEqual([credits.cast[0]?.person.name, credits.cast[0]?.character], ['Keanu Reeves', 'Thomas Neo Anderson']);
  const ratings = bodies.get('marquee.movie-ratings.v1');
  assert.ok(ratings && 'reviews' in ratings);
  assert.deepEqual([ratings.voteAverage, ratings.voteCount], [7.9, 8907]);
  assert.deepEqual(
    ratings.reviews.map(({ author }) => author),
    Array.from({ length: 45 }, (_, index) => `Marquee sample ${index + 1}`),
  );
  for (const { observedAt, source, subject } of events) {
    assert.ok(observedAt.getTime() >= before && observedAt.getTime() <= Date.now());
    assert.deepEqual([source, subject], [baseUrl, '603']);
  }
});

test('a TMDb that fails, resets and limits costs time, but no part', async (t) => {
  const baseUrl = await sampleEmulator(t, { faults: { failRate: 0.15, resetRate: 0.1, rate: 50, retryAfter: 1 } });
  const { log, tmdb, run } = await prepare(t, baseUrl);
  const report = await ingestMovies(run, popularMovies(tmdb, { pages: 1, stop: run.stop }));
  assert.deepEqual(report.failed, []);
  assert.deepEqual(report.published, { details: 20, media: 20, credits: 20, ratings: 20 });
  assert.ok(tmdb.retries > 10);
  assert.equal(new Set((await log.events()).map(({ topic, subject }) => `${topic} ${subject}`)).size, 80);
});

test('the list of popular movies ends where TMDb ends it', async (t) => {
  const { tmdb, run } = await prepare(t, await serveEmulator(t));
  let total = 0;
  const onTotal = (movies: number) => {
    total = movies;
  };
  const report = await ingestMovies(run, popularMovies(tmdb, { pages: 500, stop: run.stop, onTotal }));
  assert.deepEqual([report.movies, total, report.failed], [2, 2, []]);
});

test('a movie that TMDb no longer has is deleted in every topic; an id that was never published is unknown', async (t) => {
  const baseUrl = await sampleEmulator(t);
  const { log, run } = await prepare(t, baseUrl);
  await ingestMovies(run, moviesWithIds([603, 550]));
  await admin(baseUrl, 'DELETE', '/movies/603');
  const report = await ingestMovies(run, moviesWithIds([603, 550, 99]));
  assert.deepEqual([report.deleted, report.unknown, report.failed, report.movies], [[603], [99], [], 3]);
  const deletions = (await log.events()).filter(({ subject, kind }) => subject === '603' && kind === 'deleted');
  assert.deepEqual(deletions.map(({ type }) => type).sort(), [
    'marquee.movie-credits.deleted.v1',
    'marquee.movie-details.deleted.v1',
    'marquee.movie-media.deleted.v1',
    'marquee.movie-ratings.deleted.v1',
  ]);
  const tombstones = (await log.records()).filter(({ key, value }) => key?.toString() === '603' && value === null);
  assert.equal(tombstones.length, 4);
  const again = await ingestMovies(run, moviesWithIds([603]));
  assert.deepEqual([again.deleted, again.unknown], [[], [603]]);
});

const GONE = { success: false, status_code: 34, status_message: 'The resource you requested could not be found.' };
const NO_REVIEWS = { page: 1, results: [], total_pages: 0, total_results: 0 };

/** A TMDb below /3 that has these bodies, and answers 404 for anything else. */
async function serveBodies(t: TestContext, bodies: (path: string, nth: number) => object | undefined) {
  const { url, seen } = await serveHttp(t, ({ path, query }, response) => {
    const place = `${path.replace(/^\/3/, '')}${query.get('page') === '2' ? '?page=2' : ''}`;
    const nth = seen.filter((entry) => entry.path === path).length;
    const body = bodies(place, nth);
    if (body) json(response, body);
    else json(response, GONE, 404);
  });
  return `${url}/3`;
}

test('a movie with any remaining part is not deleted, and the missing parts fail', async (t) => {
  const parts: Readonly<Record<string, object>> = {
    '/movie/7/credits': { id: 7, cast: [], crew: [CREW_MEMBER] },
    '/movie/8/reviews': { id: 8, ...NO_REVIEWS },
    '/movie/9': { ...MOVIE, id: 9 },
  };
  const { log, run } = await prepare(t, await serveBodies(t, (path) => parts[path]));
  const report = await ingestMovies(run, moviesWithIds([7, 8, 9]));
  assert.deepEqual(report.deleted, []);
  assert.deepEqual(report.failed.map(({ id, part, code }) => `${id} ${part} ${code}`).sort(), [
    '7 details TMDB_NOT_FOUND',
    '7 media TMDB_NOT_FOUND',
    '7 ratings TMDB_NOT_FOUND',
    '8 credits TMDB_NOT_FOUND',
    '8 details TMDB_NOT_FOUND',
    '8 media TMDB_NOT_FOUND',
    '8 ratings TMDB_NOT_FOUND',
    '9 credits TMDB_NOT_FOUND',
    '9 ratings TMDB_NOT_FOUND',
  ]);
  assert.deepEqual((await log.events()).map(({ type, subject }) => `${subject} ${type}`).sort(), [
    '7 marquee.movie-credits.observed.v1',
    '9 marquee.movie-details.observed.v1',
    '9 marquee.movie-media.observed.v1',
  ]);
});

test('a movie whose details exist on the second request is not deleted', async (t) => {
  const baseUrl = await serveBodies(t, (path, nth) => (path === '/movie/7' && nth > 1 ? MOVIE : undefined));
  const { log, run } = await prepare(t, baseUrl);
  const report = await ingestMovies(run, moviesWithIds([7]));
  assert.deepEqual([report.deleted, report.failed.length], [[], 4]);
  assert.match(
    report.failed[0]?.reason ?? '',
    /returned 404 for all parts of the movie, and then returned its details/,
  );
  assert.deepEqual(await log.events(), []);
});

test('a movie with a part that fails otherwise is not deleted', async (t) => {
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path.endsWith('/credits')) json(response, { status_code: 11, status_message: 'Internal error.' }, 500);
    else json(response, GONE, 404);
  });
  const { log, run } = await prepare(t, `${url}/3`);
  const report = await ingestMovies(run, moviesWithIds([7]));
  assert.deepEqual([report.deleted, report.failed.length], [[], 4]);
  assert.deepEqual(await log.events(), []);
});

test('an address where nothing is found deletes nothing', async (t) => {
  const { url } = await serveHttp(t, (_seen, response) => json(response, GONE, 404));
  for (const path of ['/4', '/3/3', '']) {
    const { log, run } = await prepare(t, `${url}${path}`);
    const report = await ingestMovies(run, moviesWithIds([7]));
    assert.deepEqual(report.deleted, []);
    assert.deepEqual(new Set(report.failed.map(({ code }) => code)), new Set(['TMDB_WRONG_ADDRESS']));
    assert.deepEqual(await log.events(), []);
  }
});

test('odd values are left out and counted, each part with what it needs alone', async (t) => {
  const bodies: Readonly<Record<string, object>> = {
    '/movie/7': { ...MOVIE, production_companies: [{ id: 1, name: null }], release_date: '0000-00-00' },
    '/movie/7/credits': { id: 7, cast: 'many', crew: [{ ...CREW_MEMBER, id: null }, CREW_MEMBER] },
    '/movie/7/reviews': { id: 7, ...NO_REVIEWS, results: [review(1), { ...review(2), created_at: 'soon' }] },
  };
  const { log, run } = await prepare(t, await serveBodies(t, (path) => bodies[path]));
  const told: number[] = [];
  const report = await ingestMovies({ ...run, onOmissions: ({ count }) => told.push(count) }, moviesWithIds([7]));
  assert.deepEqual([report.failed, report.published], [[], { details: 1, media: 1, credits: 1, ratings: 1 }]);
  assert.equal(report.omissions.count, 5);
  assert.deepEqual(told, [5]);
  assert.deepEqual(report.omissions.first.map(({ request, path }) => `${request} ${path}`).sort(), [
    '/movie/7 production_companies.0.name',
    '/movie/7 release_date',
    '/movie/7/credits cast',
    '/movie/7/credits crew.0.id',
    '/movie/7/reviews results.1.created_at',
  ]);
  assert.equal((await log.events()).length, 4);
});

test('what a record cannot hold is cut off the longest list, and counted', async (t) => {
  const crew = Array.from({ length: 5_000 }, (_, index) => ({
    ...CREW_MEMBER,
    id: index + 1,
    credit_id: `credit-${index}`,
    name: '名'.repeat(100),
  }));
  const reviews = Array.from({ length: 20 }, (_, index) => ({ ...review(index), content: '\u0001'.repeat(99_000) }));
  const bodies: Readonly<Record<string, object>> = {
    '/movie/7': MOVIE,
    '/movie/7/credits': { id: 7, cast: [], crew },
    '/movie/7/reviews': { id: 7, results: reviews, total_pages: 1 },
  };
  const { log, run } = await prepare(t, await serveBodies(t, (path) => bodies[path]));
  const report = await ingestMovies(run, moviesWithIds([7]));
  assert.deepEqual(report.failed, []);
  const records = await log.records();
  for (const { value } of records) assert.ok((value?.length ?? 0) <= 1_000_000);
  const credits = (await log.events()).find(({ topic }) => topic === 'marquee.movie-credits.v1');
  assert.ok(credits?.kind === 'observed' && 'crew' in credits.data);
  const kept = credits.data.crew.length;
  assert.ok(kept > 1_000 && kept < 5_000);
  assert.deepEqual(
    credits.data.crew.map(({ creditId }) => creditId),
    crew.slice(0, kept).map(({ credit_id }) => credit_id),
  );
  const ratings = (await log.events()).find(({ topic }) => topic === 'marquee.movie-ratings.v1');
  assert.ok(ratings?.kind === 'observed' && 'reviews' in ratings.data);
  assert.equal(report.omissions.count, 5_000 - kept + 20 - ratings.data.reviews.length);
});

test('a missing part fails alone', async (t) => {
  const bodies: Readonly<Record<string, object>> = {
    '/movie/7': MOVIE,
    '/movie/7/reviews': NO_REVIEWS,
    '/movie/9': { ...MOVIE, id: 9 },
    '/movie/9/credits': { id: 9, cast: [], crew: [] },
    '/movie/9/reviews': { page: 1, results: [review(1)], total_pages: 2, total_results: 2 },
    '/movie/10': { ...MOVIE, id: 10 },
    '/movie/10/credits': { id: 10, cast: [], crew: [] },
  };
  const { log, run } = await prepare(t, await serveBodies(t, (path) => bodies[path]));
  const report = await ingestMovies(run, moviesWithIds([7, 9, 10]));
  const failures = report.failed.map(({ id, part, code, reason }) => `${id} ${part} ${code} ${reason}`).sort();
  const expected = [
    /^10 ratings TMDB_NOT_FOUND TMDb returned 404 for the movie's reviews, but not for all of its parts/,
    /^7 credits TMDB_NOT_FOUND TMDb returned 404 for the movie's credits, but not for all of its parts/,
    /^9 ratings TMDB_NOT_FOUND page 2 of the movie's reviews/,
  ];
  assert.equal(failures.length, expected.length, failures.join('\n'));
  for (const [index, pattern] of expected.entries()) assert.match(failures[index] ?? '', pattern);
  assert.deepEqual(report.published, { details: 3, media: 3, credits: 2, ratings: 1 });
  assert.equal((await log.events()).length, 9);
  assert.deepEqual(report.deleted, []);
});

test('an empty cast is an event like others', async (t) => {
  const { log, run } = await prepare(t, await serveEmulator(t));
  await ingestMovies(run, moviesWithIds([8]));
  const credits = (await log.events()).find(({ topic }) => topic === 'marquee.movie-credits.v1');
  assert.ok(credits?.kind === 'observed' && 'cast' in credits.data);
  assert.deepEqual([credits.data.cast, credits.data.crew.length], [[], 1]);
});

test('a large cast and crew come through whole', async (t) => {
  const crew = Array.from({ length: 3000 }, (_, index) => ({
    ...CREW_MEMBER,
    id: index + 1,
    credit_id: `credit-${index}`,
  }));
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path.endsWith('/credits')) json(response, { id: 7, cast: [], crew });
    else if (path.endsWith('/reviews')) json(response, { page: 1, results: [], total_pages: 0 });
    else json(response, MOVIE);
  });
  const { log, run } = await prepare(t, url);
  assert.deepEqual((await ingestMovies(run, moviesWithIds([7]))).failed, []);
  const credits = (await log.events()).find(({ topic }) => topic === 'marquee.movie-credits.v1');
  assert.ok(credits?.kind === 'observed' && 'crew' in credits.data);
  assert.equal(credits.data.crew.length, 3000);
});

test('2,000 images, 60 translations and providers in 200 countries come through whole, and so does a movie without any', async (t) => {
  const bodies: Readonly<Record<string, object>> = {
    '/movie/7': { ...MOVIE, ...manyMedia() },
    '/movie/8': { ...MOVIE, id: 8 },
  };
  const baseUrl = await serveBodies(t, (path) => {
    if (path.endsWith('/credits')) return { cast: [] };
    return path.endsWith('/reviews') ? NO_REVIEWS : bodies[path];
  });
  const { log, run } = await prepare(t, baseUrl);
  const { failed, omissions } = await ingestMovies(run, moviesWithIds([7, 8]));
  assert.deepEqual([failed, omissions.count], [[], 0]);
  const events = (await log.events()).filter(({ topic }) => topic === 'marquee.movie-media.v1');
  const sizes = events.map((event) => {
    assert.ok(event.kind === 'observed' && 'watchOptions' in event.data);
    const { movieId, watchOptions, ...lists } = event.data;
    const offers = watchOptions.map((options) => options.offers.length);
    return [movieId, ...Object.values(lists).map((list) => list.length), offers.length, Math.max(0, ...offers)];
  });
  assert.deepEqual(sizes.toSorted(), [
    ['7', 2_000, 60, 60, 200, 30, 20, 200, 15],
    ['8', 0, 0, 0, 0, 0, 0, 0, 0],
  ]);
});

test('a stopped run starts no movie, completes those in progress, and reports those not started', async (t) => {
  const stop = new AbortController();
  const baseUrl = await sampleEmulator(t, { faults: { latency: { min: 100, max: 100 } } });
  const { run } = await prepare(t, baseUrl, stop);
  const ids = [603, 550, 27205, 155, 680, 13];
  setTimeout(() => stop.abort(), 50);
  const report = await ingestMovies({ ...run, moviesAtOnce: 2 }, moviesWithIds(ids));
  assert.equal(report.movies, 2);
  assert.deepEqual(report.notStarted, [27205, 155, 680, 13]);
  assert.equal(report.published.details, 2);
  // The further pages of reviews of 603 had not been asked for yet.
  assert.deepEqual(
    report.failed.map(({ id, part, code }) => [id, part, code]),
    [[603, 'ratings', 'INTERRUPTED']],
  );
});

test('a run lists the first thousand of a kind and counts the others, and keeps no error', async (t) => {
  const { url } = await serveHttp(t, (_seen, response) =>
    json(response, { status_code: 5, status_message: 'No.' }, 400),
  );
  const stop = new AbortController();
  const { run } = await prepare(t, url, stop);
  const ids = Array.from({ length: 4_000 }, (_, index) => index + 1);
  let errors = 0;
  const onError = (error: unknown) => {
    assert.ok(error instanceof MarqueeError);
    errors += 1;
  };
  const report = await ingestMovies(
    { ...run, onError, onProgress: (movies) => movies === 1_000 && stop.abort() },
    moviesWithIds(ids),
  );
  assert.ok(report.movies >= 1_000 && report.movies < 1_020);
  assert.equal(report.failed.length, 1_000);
  assert.deepEqual([report.counts.failed, errors], [report.movies * 4, report.movies * 4]);
  assert.deepEqual([report.counts.notStarted, report.notStarted.length], [4_000 - report.movies, 1_000]);
  assert.equal(report.notStarted[0], report.movies + 1);
  assert.ok(queryObjects(MarqueeError, { format: 'count' }) < 100);
});

test('movies that TMDb does not know are counted beyond the first thousand', async (t) => {
  const { run } = await prepare(t, await serveBodies(t, (path) => (path === '/configuration' ? {} : undefined)));
  const ids = Array.from({ length: 1_003 }, (_, index) => index + 1);
  const report = await ingestMovies(run, moviesWithIds(ids));
  assert.deepEqual(report.counts, { deleted: 0, unknown: 1_003, failed: 0, notStarted: 0 });
  assert.deepEqual([report.unknown.length, report.deleted], [1_000, []]);
});

test('a page of the list that fails is reported, and the movies of the other pages are ingested', async (t) => {
  const { url } = await serveHttp(t, ({ path, query }, response) => {
    if (path === '/movie/popular' && query.get('page') === '2')
      json(response, { status_code: 5, status_message: 'No.' }, 400);
    else if (path === '/movie/popular') {
      const page = Number(query.get('page'));
      json(response, { page, results: [{ id: page }], total_pages: 3, total_results: 3 });
    } else if (path.endsWith('/credits')) json(response, { cast: [], crew: [] });
    else if (path.endsWith('/reviews')) json(response, { page: 1, results: [], total_pages: 0 });
    else json(response, { ...MOVIE, id: Number(path.split('/').at(-1)) });
  });
  const { tmdb, run } = await prepare(t, url);
  const report = await ingestMovies(run, popularMovies(tmdb, { pages: 3, stop: run.stop }));
  assert.equal(report.movies, 2);
  assert.deepEqual(
    report.failed.map(({ id, part, code }) => [id, part, code]),
    [[null, 'list', 'TMDB_REFUSED']],
  );
  assert.match(report.failed[0]?.reason ?? '', /popular movies, page 2: .*400 \(No\.\)/);
});
