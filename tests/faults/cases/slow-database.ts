import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { MOVIE_CREDITS } from '@marquee/events/topics';
import { execute } from '../databases.ts';
import type { FaultCase } from '../fault-case.ts';
import { endOf } from '../load.ts';
import type { World } from '../world.ts';

/** Longest commit of a batch in s, more than the session time-out, and that of all others. */
const [LONGEST_S, OTHERS_S] = [12, 1];
const MAX_RSS_MB = 500;
const SAMPLE_MS = 1_000;

/** Returns the resident memory of a process in MB. */
async function residentMb(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}

const membersOf = async ({ log }: World) => (await log.members('marquee.people')).toSorted();

/** Resolves with the members when none has joined for a second: a consumer listens before it joins. */
async function joinedMembers(world: World): Promise<readonly string[]> {
  for (let before: readonly string[] = []; ; await sleep(SAMPLE_MS)) {
    const members = await membersOf(world);
    if (members.length > 0 && isDeepStrictEqual(members, before)) return members;
    before = members;
  }
}

export const slowDatabase: FaultCase = {
  name: 'slow-database',
  summary:
    'each commit of a consumer takes a second, and one takes longer than the session time-out: no member leaves, no memory grows',
  movies: 600,
  async run(world) {
    await execute(
      world.adminUrl,
      `set search_path = people;
       create function slow() returns trigger language plpgsql as
         'begin perform pg_sleep(case when new.topic = ''${MOVIE_CREDITS.name}'' and new.partition = 0 and old.next_offset = 0
            then ${LONGEST_S} else ${OTHERS_S} end); return new; end';
       create trigger slow before update on inbox_offsets for each row execute function slow()`,
    );
    const members = await joinedMembers(world);
    let mostMb = 0;
    const run = world.backfill();
    const ended = endOf(run).then(() => true);
    // A failed case kills the run before this promise is awaited.
    ended.catch(() => {});
    for (let samples = 0; samples < 25 || !(await Promise.race([ended, sleep(SAMPLE_MS, false)])); samples += 1) {
      mostMb = Math.max(mostMb, await residentMb(world.consumers.get('people')?.pid ?? 0));
      assert.deepEqual(await membersOf(world), members, 'no member leaves or joins');
      await sleep(SAMPLE_MS);
    }
    await execute(world.adminUrl, 'drop trigger slow on people.inbox_offsets');
    assert.ok(mostMb < MAX_RSS_MB, `the consumer used ${mostMb} MB`);
    return { 'most memory in MB': mostMb };
  },
};
