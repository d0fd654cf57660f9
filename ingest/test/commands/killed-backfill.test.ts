import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PART_NAMES } from '../../src/domain/generated/movie-parts.ts';
import { createSyntheticCatalogue } from '../../src/emulator/synthetic-catalogue.ts';
import { start } from '../command.ts';
import { workEnvironment } from './work-environment.ts';

test('a backfill that is killed continues where it was: every movie is published, with versions that increase', async (t) => {
  const movies = 300;
  const { log, env, pool } = await workEnvironment(t, { catalogue: createSyntheticCatalogue(movies, 1) });
  const published = async () => (await log.records()).length;
  const first = start(t, ['backfill', '--json'], env);
  while ((await published()) < movies) await new Promise((resolve) => setTimeout(resolve, 50));
  first.kill('SIGKILL');
  await first.ended;
  const { rows } = await pool.query(`select count(*)::int as leased from entities where state = 'leased'`);
  const before = await published();
  const second = start(t, ['backfill', '--json'], env);
  const { code, stdout, stderr } = await second.ended;
  assert.equal(code, 0, stderr);
  t.diagnostic(`killed after ${before} events with ${rows[0].leased} leases; then ${stdout}`);
  const versions = new Map<string, Date[]>();
  for (const { topic, subject, observedAt } of await log.events()) {
    const key = `${topic} ${subject}`;
    versions.set(key, [...(versions.get(key) ?? []), observedAt]);
  }
  assert.equal(versions.size, movies * PART_NAMES.length);
  for (const [key, times] of versions) {
    assert.ok(times.length <= 2, key);
    if (times[1]) assert.ok((times[0] as Date) < times[1], key);
  }
  const repeated = [...versions.values()].filter((times) => times.length > 1).length;
  assert.ok(repeated <= PART_NAMES.length * rows[0].leased, `${repeated} events were published again`);
});
