import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { WithinTrace } from '../../src/application/ingest-movies.ts';
import { ingestPersons } from '../../src/application/ingest-persons.ts';
import { parseCatalogue } from '../../src/emulator/catalogue-file.ts';
import { createEventPublisher } from '../../src/infrastructure/event-publisher.ts';
import { createTmdbClient } from '../../src/infrastructure/tmdb-client.ts';
import { serveEmulator } from '../emulator/emulator-server.ts';
import { SMALL_CATALOGUE } from '../emulator/small-catalogue.ts';
import { json, serveHttp } from '../http-server.ts';
import { testEventLog } from '../test-event-log.ts';
import { PERSON } from '../tmdb-samples.ts';

const MISSING = { success: false, status_code: 34, status_message: 'The resource you requested could not be found.' };

async function prepare(t: TestContext, baseUrl: string) {
  const log = await testEventLog(t);
  const stop = new AbortController();
  const tmdb = createTmdbClient({
    address: { baseUrl, token: undefined, isEmulator: true },
    concurrency: 4,
    retries: 2,
    stop: stop.signal,
    random: () => 0.05,
  });
  t.after(() => tmdb.close());
  const publisher = createEventPublisher(log.eventLog, baseUrl);
  const withinTrace: WithinTrace = (_entity, ingest) => ingest();
  return { log, tmdb, stop, run: { tmdb, publisher, personsAtOnce: 4, stop: stop.signal, withinTrace } };
}

test('a person is one request and one event', async (t) => {
  const catalogue = parseCatalogue(SMALL_CATALOGUE.join('\n'), 'small');
  const baseUrl = await serveEmulator(t, { catalogue });
  const { log, tmdb, run } = await prepare(t, baseUrl);
  const before = Date.now();
  const report = await ingestPersons(run, [31, 32]);
  assert.deepEqual(report, {
    persons: 2,
    published: 2,
    absent: [],
    failed: [],
    omissions: { count: 0, first: [] },
    notStarted: [],
    counts: { absent: 0, failed: 0, notStarted: 0 },
  });
  assert.equal(tmdb.requests, 2);
  const events = await log.events();
  assert.deepEqual(events.map(({ subject, type }) => `${subject} ${type}`).sort(), [
    '31 marquee.person-details.observed.v1',
    '32 marquee.person-details.observed.v1',
  ]);
  for (const event of events) {
    assert.equal(event.source, baseUrl);
    assert.ok(event.observedAt.getTime() >= before && event.observedAt.getTime() <= Date.now());
    assert.ok(event.kind === 'observed' && 'biography' in event.data);
    assert.equal(event.data.knownForDepartment, event.subject === '31' ? 'Acting' : 'Directing');
  }
});

test('a person whom TMDb does not have is deleted, after a second request; a failing one delays nobody', async (t) => {
  const { url, seen } = await serveHttp(t, ({ path }, response) => {
    if (path === '/3/person/31') json(response, PERSON);
    else if (path === '/3/person/9') json(response, MISSING, 404);
    else json(response, { ...PERSON, id: 8, name: null });
  });
  const { log, run } = await prepare(t, `${url}/3`);
  const report = await ingestPersons(run, [9, 8, 31]);
  assert.deepEqual([report.persons, report.published, report.absent, report.counts.failed], [3, 1, [9], 1]);
  assert.deepEqual(
    report.failed.map(({ id, part, code }) => [id, part, code]),
    [[8, 'person', 'TMDB_MALFORMED']],
  );
  assert.equal(seen.filter(({ path }) => path === '/3/person/9').length, 2);
  assert.deepEqual((await log.events()).map(({ subject, type }) => `${subject} ${type}`).sort(), [
    '31 marquee.person-details.observed.v1',
    '9 marquee.person-details.deleted.v1',
  ]);
});

test('the body of another person is refused', async (t) => {
  const { url } = await serveHttp(t, (_seen, response) => json(response, PERSON));
  const { log, run } = await prepare(t, `${url}/3`);
  const report = await ingestPersons(run, [32]);
  assert.match(report.failed[0]?.reason ?? '', /id: it is that of another movie or person/);
  assert.deepEqual(await log.events(), []);
});

test('a stopped run lists the persons that it did not start', async (t) => {
  const catalogue = parseCatalogue(SMALL_CATALOGUE.join('\n'), 'small');
  const { run, stop } = await prepare(t, await serveEmulator(t, { catalogue }));
  stop.abort();
  const { persons, notStarted, counts } = await ingestPersons(run, [31, 32]);
  assert.deepEqual([persons, notStarted, counts.notStarted], [0, [31, 32], 2]);
});
