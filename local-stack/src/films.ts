import { setTimeout as sleep } from 'node:timers/promises';
import { emulatorUrl } from './addresses.ts';
import type { StackConfiguration } from './configuration.ts';
import { usesEmulator } from './configuration.ts';
import { tmdbEnvironment } from './environment.ts';
import type { Launcher } from './launcher.ts';

/** What came of the first films. */
export interface FirstFilms {
  /** One line for people. */
  readonly line: string;
  /** Records published, by topic. */
  readonly published: Readonly<Record<string, number>>;
}

/**
 * Brings the first films in: the whole sample, or STACK_PAGES pages of what is popular on TMDb. What goes wrong is said, and no reason to
 * stop: what came earlier is still there.
 */
export async function ingestFilms(
  launcher: Launcher,
  config: StackConfiguration,
  eventLog: Readonly<Record<string, string | undefined>>,
): Promise<FirstFilms> {
  const pages = usesEmulator(config) ? await samplePages(emulatorUrl(config)) : config.STACK_PAGES;
  if (pages === 0) return { line: 'none asked for', published: {} };
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
  if (end.exitCode === 0 && summary) return { line: `${summary.films} films`, published };
  const reason = summary?.error?.message ?? summary?.failed?.[0]?.reason ?? end.reason;
  const line = `${summary?.films ?? 0} films, not all went well: ${reason} (logs/ingest.log); going on with what is there`;
  return { line, published };
}

const POLL_MS = 100;

/** Waits until the subgraphs at these addresses have read as many records of each topic, as their metrics say. */
export async function untilRead(
  published: FirstFilms['published'],
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

/** How many pages the emulator's list of films has. */
async function samplePages(baseUrl: string): Promise<number> {
  const response = await fetch(`${baseUrl}/movie/popular`, { signal: AbortSignal.timeout(10_000) });
  const list = (await response.json()) as { total_pages?: unknown };
  return typeof list.total_pages === 'number' ? Math.min(list.total_pages, 500) : 0;
}
