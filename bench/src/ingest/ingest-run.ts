import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { askServer, type Usage } from '../server-process.ts';

/** Measurements of one run over all movies, without its first tenth. */
export interface IngestMeasured {
  readonly moviesPerSecond: number;
  /** User and system time of the process in milliseconds. */
  readonly cpuMsPerMovie: number;
  readonly peakRssMiB: number;
}

interface Sample {
  readonly requests: number;
  readonly at: number;
  readonly usage: Usage;
}

const POLL_MS = 50;
/** Share of the requests after which the process counts as warm. */
const WARM = 0.1;

/** Measures a process that requests `movies` movies and ends. @param countUrl returns the number of requests so far */
export async function measureIngest(child: ChildProcess, movies: number, countUrl: string): Promise<IngestMeasured> {
  const ended = once(child, 'exit');
  const before = await countOf(countUrl);
  const samples: Sample[] = [];
  for (;;) {
    const sample = await Promise.race([sampleOf(child, countUrl), ended.then(() => undefined)]);
    if (sample === undefined) break;
    samples.push(sample);
    await sleep(POLL_MS);
  }
  const [code] = await ended;
  if (code !== EXIT.ok) throw new MarqueeError('INGEST_FAILED', `A measured ingest ended with code ${code}.`);
  const total = (await countOf(countUrl)) - before;
  const moviesOf = ({ requests }: Sample) => ((requests - before) / total) * movies;
  const first = samples.find((sample) => moviesOf(sample) >= movies * WARM);
  // The process waits for its last records after its last request, which is no work on movies.
  const last = samples.find((sample) => moviesOf(sample) >= movies) ?? samples.at(-1);
  if (first === undefined || last === undefined || first === last) {
    throw new MarqueeError('RUN_TOO_SHORT', 'The run was too short to measure: use more movies.');
  }
  const measured = moviesOf(last) - moviesOf(first);
  return {
    moviesPerSecond: measured / ((last.at - first.at) / 1000),
    cpuMsPerMovie: (last.usage.cpuMs - first.usage.cpuMs) / measured,
    peakRssMiB: last.usage.peakRssBytes / 2 ** 20,
  };
}

async function sampleOf(child: ChildProcess, countUrl: string): Promise<Sample | undefined> {
  // An ending process answers no more, which its exit shows.
  if (!child.connected) return undefined;
  const usage = await askServer<Usage>(child, { ask: 'usage' }).catch(() => undefined);
  return usage && { requests: await countOf(countUrl), at: performance.now(), usage };
}

async function countOf(url: string): Promise<number> {
  return Number(await (await fetch(url)).text());
}
