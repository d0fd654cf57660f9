import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { PART_NAMES } from '../../src/domain/generated/movie-parts.ts';
import { run, start } from '../command.ts';
import { admin } from '../emulator/emulator-server.ts';
import { workEnvironment } from './work-environment.ts';

test('sync takes the census, follows changes and deletes, serves its state and drains', async (t) => {
  const { log, env, tmdb } = await workEnvironment(t);
  const sync = start(t, ['sync', '--interval', '1', '--confirm-after', '1'], { ...env, PORT: '0' });
  const [, port] = await sync.says(/"port":(\d+)/);
  const eventsOf = async (subject: string) => (await log.events()).filter((event) => event.subject === subject);
  await eventually(async () => {
    assert.equal((await eventsOf('7')).length, PART_NAMES.length);
    assert.equal((await eventsOf('8')).length, PART_NAMES.length);
    assert.equal((await eventsOf('31')).length, 1);
  });

  await admin(tmdb, 'PATCH', '/movies/7', { facts: { title: 'Changed' } });
  const changed = performance.now();
  await eventually(async () => assert.equal((await eventsOf('7')).length, PART_NAMES.length + 1));
  t.diagnostic(`a change was published after ${Math.round(performance.now() - changed)} ms, at an interval of 1 s`);
  assert.match(JSON.stringify(await eventsOf('7')), /"Changed"/);

  await admin(tmdb, 'PATCH', '/movies/7', { facts: { title: 'Changed again' } });
  await eventually(async () => assert.match(JSON.stringify(await eventsOf('7')), /"Changed again"/));

  await admin(tmdb, 'PATCH', '/people/31', { name: 'Anna Changed' });
  await eventually(async () => assert.match(JSON.stringify(await eventsOf('31')), /Anna Changed/));

  await admin(tmdb, 'DELETE', '/movies/8');
  await eventually(async () => {
    const deleted = (await eventsOf('8')).filter(({ kind }) => kind === 'deleted');
    assert.equal(deleted.length, PART_NAMES.length);
  });
  await admin(tmdb, 'POST', '/movies/8/restore');
  await eventually(async () => {
    const events = await eventsOf('8');
    const deletedAt = Math.max(...events.filter(({ kind }) => kind === 'deleted').map(({ observedAt }) => +observedAt));
    assert.equal(events.filter(({ observedAt }) => +observedAt > deletedAt).length, PART_NAMES.length);
  });

  assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /marquee_ingest_requests_total\{outcome="200",service="ingest"\} \d/);
  assert.match(metrics, /marquee_ingest_entities_total\{kind="movie",result="published",service="ingest"\} \d/);
  const status = JSON.parse((await run(t, ['status', '--json'], env)).stdout);
  assert.equal(status.replicas.length, 1);
  assert.deepEqual(Object.keys(status.cursors), ['census', 'changes']);

  sync.kill('SIGTERM');
  assert.equal((await sync.ended).code, 0);
  const { replicas } = JSON.parse((await run(t, ['status', '--json'], env)).stdout);
  assert.deepEqual(replicas, []);
});

test('sync ends with the message of a token that TMDb refuses', async (t) => {
  const { env, tmdb } = await workEnvironment(t, { token: 'right' });
  const { code, stderr } = await run(t, ['sync'], { ...env, PORT: '0', TMDB_BASE_URL: tmdb, TMDB_TOKEN: 'wrong' });
  assert.equal(code, 3);
  assert.match(stderr, /TMDB_UNAUTHORIZED.*themoviedb\.org\/settings\/api/s);
});

test('changes ingests what changed since a day, and ends', async (t) => {
  const { log, env, tmdb } = await workEnvironment(t);
  await run(t, ['backfill'], env);
  const before = (await log.events()).length;
  await admin(tmdb, 'PATCH', '/movies/7', { facts: { title: 'Changed' } });
  const since = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
  const { code, stdout, stderr } = await run(t, ['changes', '--since', since, '--json'], env);
  assert.equal(code, 0, stderr);
  const { changed, results } = JSON.parse(stdout);
  assert.deepEqual([changed, results.published], [1, 1]);
  assert.equal((await log.events()).length, before + 1);
});

/** Resolves when the emulator has returned previous content for so many requests. */
async function servedStale(tmdb: string, least: number): Promise<void> {
  await eventually(async () => {
    const { faults } = (await admin(tmdb, 'GET', '/statistics')).body;
    assert.ok((faults.staleSeconds ?? 0) >= least);
  });
}

test('sync publishes a change that TMDb first answers from its cache', async (t) => {
  const { log, env, tmdb } = await workEnvironment(t);
  start(t, ['sync', '--interval', '1'], { ...env, PORT: '0' });
  const eventsOf = async (subject: string) => (await log.events()).filter((event) => event.subject === subject);
  await eventually(async () => {
    assert.equal((await eventsOf('7')).length, PART_NAMES.length);
    assert.equal((await eventsOf('31')).length, 1);
  });
  await admin(tmdb, 'PATCH', '/faults', { staleSeconds: 86_400 });
  await admin(tmdb, 'PATCH', '/movies/7', { facts: { title: 'Changed' } });
  await admin(tmdb, 'PATCH', '/people/31', { name: 'Anna Changed' });
  await servedStale(tmdb, 3);
  assert.doesNotMatch(JSON.stringify(await eventsOf('7')), /"Changed"/);
  assert.doesNotMatch(JSON.stringify(await eventsOf('31')), /Anna Changed/);
  await admin(tmdb, 'PATCH', '/faults', { staleSeconds: 0 });
  await eventually(async () => {
    assert.match(JSON.stringify(await eventsOf('7')), /"Changed"/);
    assert.match(JSON.stringify(await eventsOf('31')), /Anna Changed/);
  });
});

test('changes requests again, after the max-age, what TMDb answered from its cache', async (t) => {
  const { log, env, tmdb } = await workEnvironment(t, { maxAge: 10 });
  await run(t, ['backfill'], env);
  await admin(tmdb, 'PATCH', '/faults', { staleSeconds: 86_400 });
  await admin(tmdb, 'PATCH', '/movies/7', { facts: { title: 'Changed' } });
  const changes = start(t, ['changes', '--json'], env);
  await servedStale(tmdb, 1);
  await admin(tmdb, 'PATCH', '/faults', { staleSeconds: 0 });
  const { code, stdout, stderr } = await changes.ended;
  assert.equal(code, 0, stderr);
  const { results } = JSON.parse(stdout);
  assert.deepEqual([results.unchanged, results.published], [1, 1]);
  assert.match(JSON.stringify((await log.events()).filter(({ subject }) => subject === '7')), /"Changed"/);
});
