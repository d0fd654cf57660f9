import { emulatorUrl } from './addresses.ts';
import type { StackConfiguration } from './configuration.ts';
import { usesEmulator } from './configuration.ts';
import { tmdbEnvironment } from './environment.ts';
import type { Launcher } from './launcher.ts';

/**
 * Brings the first films in: the whole sample, or STACK_PAGES pages of what is popular on TMDb. What goes wrong is said, and no reason to
 * stop: what came earlier is still there.
 *
 * @returns one line for people
 */
export async function ingestFilms(
  launcher: Launcher,
  config: StackConfiguration,
  eventLog: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const pages = usesEmulator(config) ? await samplePages(emulatorUrl(config)) : config.STACK_PAGES;
  if (pages === 0) return 'none asked for';
  const { end, log } = await launcher.run({
    name: 'ingest',
    command: ['ingest/src/main.ts', 'popular', '--pages', String(pages), '--json'],
    env: { ...eventLog, ...tmdbEnvironment(config, emulatorUrl(config)) },
  });
  const summary = log?.result() as
    | { films?: number; failed?: { reason: string }[]; error?: { message: string } | null }
    | undefined;
  if (end.exitCode === 0 && summary) return `${summary.films} films`;
  const reason = summary?.error?.message ?? summary?.failed?.[0]?.reason ?? end.reason;
  return `${summary?.films ?? 0} films, not all went well: ${reason} (logs/ingest.log); going on with what is there`;
}

/** How many pages the emulator's list of films has. */
async function samplePages(baseUrl: string): Promise<number> {
  const response = await fetch(`${baseUrl}/movie/popular`, { signal: AbortSignal.timeout(10_000) });
  const list = (await response.json()) as { total_pages?: unknown };
  return typeof list.total_pages === 'number' ? Math.min(list.total_pages, 500) : 0;
}
