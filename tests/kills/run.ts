import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainMovie } from '@marquee/ingest/catalogue';
import { createMutableCatalogue } from '@marquee/ingest/mutable-catalogue';
import { seededRandom } from '@marquee/ingest/seeded-random';
import { createSyntheticCatalogue } from '@marquee/ingest/synthetic-catalogue';
import { mistakesOf, readFinalState } from './final-state.ts';
import { createWorld, type World } from './world.ts';

export interface KillsOptions {
  readonly movies: number;
  readonly kills: number;
  readonly seed: number;
  readonly report: (line: string) => void;
}

export interface KillsFound {
  readonly movies: number;
  readonly kills: number;
  readonly changed: number;
  readonly deleted: number;
  /** Movies that failed for good, by the queue's own list. */
  readonly failed: number;
  readonly mistakes: readonly string[];
}

const REPLICAS = 2;
/** Bounds, in ms, of the time between two kills. */
const [MIN_LIFE_MS, MAX_LIFE_MS] = [500, 4_000];
const BACKFILL = ['backfill', '--json', '--rate', '500', '--confirm-after', '1'] as const;

/** Kills replicas at random moments, lets others end the work, and compares the log with the catalogue. */
export async function runKills({ movies, kills, seed, report }: KillsOptions): Promise<KillsFound> {
  const random = seededRandom(seed, 'kills');
  const catalogue = createMutableCatalogue(createSyntheticCatalogue(movies, seed), Date.now);
  const ids = [...catalogue.movies.keys()];
  const world = await createWorld(movies, seed);
  const begun = new Date();
  let [changed, deleted] = [0, 0];

  /** Changes a movie or deletes one, in the emulator and in the catalogue of this process. */
  async function mutate(): Promise<void> {
    const movie = catalogue.movies.get(ids[Math.floor(random() * ids.length)] ?? 0);
    if (movie === undefined) return;
    if (random() < 0.3) {
      await world.admin('DELETE', `/movies/${movie.id}`);
      catalogue.movies.delete(movie.id);
      deleted += 1;
    } else {
      const tagline = `Changed ${Math.floor(random() * 1e9)}`;
      await world.admin('PATCH', `/movies/${movie.id}`, { facts: { tagline } });
      catalogue.movies.set(movie.id, { ...plainMovie(movie), facts: { ...movie.facts, tagline } });
      changed += 1;
    }
  }

  try {
    const replicas = Array.from({ length: REPLICAS }, () => world.start(...BACKFILL));
    for (const { stdout } of replicas) stdout?.resume();
    for (let kill = 1; kill <= kills; kill += 1) {
      await sleep(MIN_LIFE_MS + random() * (MAX_LIFE_MS - MIN_LIFE_MS));
      for (let count = 0; count < 4; count += 1) await mutate();
      const victim = Math.floor(random() * REPLICAS);
      const killed = replicas[victim];
      if (killed?.exitCode === null) {
        killed.kill('SIGKILL');
        await once(killed, 'exit');
      }
      const next = world.start(...BACKFILL);
      next.stdout?.resume();
      replicas[victim] = next;
      if (kill % 10 === 0) report(`${kill} of ${kills} kills, ${changed} movies changed, ${deleted} deleted`);
    }
    await Promise.all(replicas.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined)));
    report('finishing the backfill and the changes');
    await finish(world, begun);
    const failed = await failedMovies(world);
    const mistakes = mistakesOf(await readFinalState(world.eventLog), catalogue, failed);
    return { movies, kills, changed, deleted, failed: failed.size, mistakes };
  } finally {
    await world.stop();
  }
}

/** Ingests what is left, without other faults than poisoned movies, and what changed since the start. */
async function finish(world: World, begun: Date): Promise<void> {
  const calm = { failRate: 0, resetRate: 0, hangRate: 0, truncateRate: 0, invalidRate: 0, htmlRate: 0 };
  await world.admin('PATCH', '/faults', calm);
  for (const args of [
    ['retry-failed'],
    BACKFILL,
    ['changes', '--since', begun.toISOString().slice(0, 10), ...BACKFILL.slice(1)],
  ]) {
    const { code } = await world.run(...args);
    // Poisoned movies fail: code 1.
    if (code !== 0 && code !== 1) throw new Error(`ingest ${args[0]} ended with code ${code}`);
  }
}

/** Returns the movies that the last backfill lists as failed. */
async function failedMovies(world: World): Promise<ReadonlySet<number>> {
  await world.run('retry-failed');
  const { stdout } = await world.run(...BACKFILL);
  const { failed } = JSON.parse(stdout) as { failed: { kind: string; id: number; reason: string }[] };
  return new Set(failed.filter(({ kind, reason }) => kind === 'movie' && reason !== '').map(({ id }) => id));
}
