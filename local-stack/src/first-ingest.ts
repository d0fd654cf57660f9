import { setTimeout as sleep } from 'node:timers/promises';
import { emulatorUrl } from './addresses.ts';
import type { StackConfiguration } from './configuration.ts';
import { usesEmulator } from './configuration.ts';
import { tmdbEnvironment } from './environment.ts';
import type { Launcher } from './launcher.ts';

/** Result of the first ingest. */
export interface FirstMovies {
  /** Line for the terminal. */
  readonly line: string;
  /** Records published, by topic. */
  readonly published: Readonly<Record<string, number>>;
}

/**
 * Ingests the whole sample, or STACK_PAGES pages of popular movies from TMDb. A failure is reported and does not stop the stack, which
 * still has earlier data.
 */
export async function ingestFirstMovies(
  launcher: Launcher,
  config: StackConfiguration,
  eventLog: Readonly<Record<string, string | undefined>>,
): Promise<FirstMovies> {
  const pages = usesEmulator(config) ? await samplePages(emulatorUrl(config)) : config.STACK_PAGES;
  if (pages === 0) return { line: 'none requested', published: {} };
  const { end, log } = await launcher.run({
    name: 'ingest',
    command: ['ingest/src/main.ts', 'popular', '--pages', String(pages), '--json'],
    env: { ...eventLog, ...tmdbEnvironment(config, emulatorUrl(config)) },
  });
  const summary = log?.result() as
    | {
        films?: number;
        published?: Record<string, number>;
        failed?: { reason: string }[];
        error?: { message: string } | null;
      }
    | undefined;
  const published = summary?.published ?? {};
  if (end.exitCode === 0 && summary) return { line: `${summary.films} movies`, published };
  const reason = summary?.error?.message ?? summary?.failed?.[0]?.reason ?? end.reason;
  const line = `${summary?.films ?? 0} movies, with failures: ${reason} (logs/ingest.log); the stack continues with the existing data`;
  return { line, published };
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

/** Returns the number of pages of the emulator's list of movies. */
async function samplePages(baseUrl: string): Promise<number> {
  const response = await fetch(`${baseUrl}/movie/popular`, { signal: AbortSignal.timeout(10_000) });
  const list = (await response.json()) as { total_pages?: unknown };
  return typeof list.total_pages === 'number' ? Math.min(list.total_pages, 500) : 0;
}
