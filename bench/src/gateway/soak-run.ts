import { setTimeout as sleep } from 'node:timers/promises';
import { createLoad } from '../load.ts';
import { startMarquee, startSubgraphs, writeSupergraph } from './gateways.ts';

export interface SoakRunOptions {
  /** Folder of the supergraph file. */
  readonly folder: string;
  readonly minutes: number;
  /** Number of concurrent requests. */
  readonly connections: number;
  readonly onProgress: (what: string) => void;
}

export interface SoakSample {
  readonly minutes: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
}

export interface SoakOutcome {
  /** Number of requests, each with a new operation. */
  readonly requests: number;
  readonly samples: readonly SoakSample[];
}

const SAMPLES_PER_MINUTE = 6;

/** Sends distinct operations, each once, and samples the gateway's memory. */
export async function runSoak({ folder, minutes, connections, onProgress }: SoakRunOptions): Promise<SoakOutcome> {
  const subgraphs = await startSubgraphs();
  const gateway = await startMarquee(await writeSupergraph(folder, subgraphs.origin));
  const samples: SoakSample[] = [];
  let requests = 0;
  const body = () =>
    JSON.stringify({
      query: `{ movies(first: 3) { cold_${++requests}: title showing reviews { id text author { name } } } }`,
    });
  const target = { ...gateway, path: '/graphql', headersFor: () => ({ 'content-type': 'application/json' }) };
  const load = createLoad(target, body);
  const sampling = new AbortController();
  async function sample(): Promise<void> {
    const start = performance.now();
    while (!sampling.signal.aborted) {
      const { rssBytes } = await gateway.usage();
      const heap = await metricOf(gateway.origin, 'nodejs_heap_size_used_bytes');
      const taken = (performance.now() - start) / 60_000;
      samples.push({ minutes: taken, rssMiB: rssBytes / 2 ** 20, heapMiB: heap / 2 ** 20 });
      onProgress(`${taken.toFixed(1)} minutes, ${requests} operations, ${(rssBytes / 2 ** 20).toFixed(0)} MiB`);
      await sleep(60_000 / SAMPLES_PER_MINUTE, undefined, { signal: sampling.signal }).catch(() => {});
    }
  }
  try {
    await Promise.all([sample(), load.closed(connections, minutes * 60).finally(() => sampling.abort())]);
    return { requests, samples };
  } finally {
    await load.close();
    await gateway.stop();
    await subgraphs.stop();
  }
}

/** Returns the trend of the last half of the samples in MiB per minute, by least squares. */
export function trendOf(samples: readonly SoakSample[], of: (sample: SoakSample) => number): number {
  const last = samples.slice(Math.floor(samples.length / 2));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(last.map(({ minutes }) => minutes)), mean(last.map(of))];
  const spread = last.reduce((sum, { minutes }) => sum + (minutes - x) ** 2, 0);
  if (spread === 0) return 0;
  return last.reduce((sum, sample) => sum + (sample.minutes - x) * (of(sample) - y), 0) / spread;
}

async function metricOf(origin: string, name: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
}
