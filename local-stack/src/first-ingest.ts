import { setTimeout as sleep } from 'node:timers/promises';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { emulatorUrl, readyUrl } from './addresses.ts';
import type { StackConfiguration } from './configuration.ts';
import { usesEmulator } from './configuration.ts';
import { tmdbEnvironment } from './environment.ts';
import type { Launcher } from './launcher.ts';
import { STAGE } from './shutdown.ts';

/** Requests per second of `ingest sync` to the emulator, so that persons are read in the background. */
const EMULATOR_RATE = 40;

type Environment = Readonly<Record<string, string | undefined>>;

/** Result of the first ingest. */
export interface FirstMovies {
  /** Line for the terminal. */
  readonly line: string;
  /** Records published, by topic. */
  readonly published: Readonly<Record<string, number>>;
}

/**
 * Ingests the movies that are missing, of the whole sample or of the most popular ones of TMDb. A failure is reported and does not stop
 * the stack, which still has earlier data.
 *
 * @param env settings of the queue and the event log
 */
export async function ingestFirstMovies(
  launcher: Launcher,
  config: StackConfiguration,
  env: Environment,
): Promise<FirstMovies> {
  if (config.STACK_MOVIES === 0) return { line: 'none requested', published: {} };
  const { end, log } = await launcher.run({
    name: 'ingest',
    command: ['ingest/src/main.ts', 'backfill', '--json', ...limitOf(config)],
    env: { ...env, ...tmdbEnvironment(config, emulatorUrl(config)) },
  });
  const summary = log?.result() as
    | {
        results?: { published?: number };
        failed?: { reason: string }[];
        error?: { message: string } | null;
      }
    | undefined;
  const movies = summary?.results?.published ?? 0;
  const topics = OBSERVATION_TOPICS.filter(({ entity }) => entity === 'Movie');
  const published = Object.fromEntries(topics.map(({ name }) => [name, movies]));
  if (end.exitCode === 0 && summary) return { line: `${movies} new or changed movies`, published };
  const reason = summary?.error?.message ?? summary?.failed?.[0]?.reason ?? end.reason;
  const line = `${movies} movies, with failures: ${reason} (logs/ingest.log); the stack continues with the existing data`;
  return { line, published };
}

/** Starts `ingest sync`, which keeps the movies fresh, and supervises it. */
export async function keepMoviesFresh(launcher: Launcher, config: StackConfiguration, env: Environment): Promise<void> {
  const rate = usesEmulator(config) ? ['--rate', String(EMULATOR_RATE)] : [];
  const settings = { ...env, ...tmdbEnvironment(config, emulatorUrl(config)), PORT: String(config.INGEST_PORT) };
  await launcher.serve(
    STAGE.work,
    { name: 'sync', command: ['ingest/src/main.ts', 'sync', ...limitOf(config), ...rate], env: settings },
    readyUrl('127.0.0.1', config.INGEST_PORT),
  );
}

/** Returns the option for the most popular movies; all of the emulator's are kept. */
function limitOf(config: StackConfiguration): string[] {
  return usesEmulator(config) ? [] : ['--limit', String(config.STACK_MOVIES)];
}

const POLL_MS = 100;

/** Waits until the metrics of the subgraphs at these URLs report this number of records of each topic. */
export async function untilRead(
  published: FirstMovies['published'],
  subgraphs: readonly string[],
  stopping: AbortSignal,
): Promise<void> {
  for (;;) {
    const texts = await Promise.all(
      subgraphs.map(async (url) => (await fetch(new URL('/metrics', url), { signal: stopping })).text()),
    );
    const metrics = texts.join('\n');
    if (Object.entries(published).every(([topic, records]) => recordsRead(metrics, topic) >= records)) return;
    await sleep(POLL_MS, undefined, { signal: stopping, ref: false });
  }
}

function recordsRead(metrics: string, topic: string): number {
  const samples = metrics
    .split('\n')
    .filter((line) => line.startsWith('marquee_inbox_records_total{') && line.includes(`topic="${topic}"`));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
