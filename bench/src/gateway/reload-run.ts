import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MeasuredServer, startMarquee, startSubgraphs, supergraphText, writeSupergraph } from './gateways.ts';

export interface ReloadRunOptions {
  /** Folder of the supergraph file. */
  readonly folder: string;
  readonly seconds: number;
  /** Number of new supergraphs. */
  readonly reloads: number;
  /** Number of restarts of the process of all subgraphs. */
  readonly restarts: number;
  readonly perSecond: number;
  readonly onProgress: (what: string) => void;
}

/** Counts of the requests by outcome. */
export interface ReloadOutcome {
  readonly requests: number;
  /** No response, or a status other than 200. */
  readonly failed: number;
  /** Responses with errors of unavailable subgraphs only. */
  readonly partial: number;
  /** Responses with other errors. */
  readonly wrong: number;
  readonly reloads: number;
}

/** Error codes of a subgraph that is unavailable or stops during a request. */
const AWAY = new Set(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_TIMEOUT', 'SUBGRAPH_BAD_RESPONSE', 'SUBGRAPH_CIRCUIT_OPEN']);

/** Runs a steady load on the gateway while its supergraph changes and its subgraphs restart. */
export async function runReloads(options: ReloadRunOptions): Promise<ReloadOutcome> {
  const { folder, seconds, reloads, restarts, perSecond, onProgress } = options;
  let subgraphs: MeasuredServer = await startSubgraphs();
  const { port, origin } = new URL(subgraphs.origin);
  const file = await writeSupergraph(folder, origin);
  const gateway = await startMarquee(file);
  const outcome = { requests: 0, failed: 0, partial: 0, wrong: 0 };
  const agent = new Agent({ keepAlive: true });
  try {
    const end = performance.now() + seconds * 1_000;
    const changes = eachIn(seconds, reloads, async (number) => {
      onProgress(`reload ${number}`);
      await writeFile(file, supergraphText(origin, number % 2 === 1 ? 'extend type Critic { born: Int }' : ''));
      // Changes during a reload are one change.
      for (let look = 0; look < 100 && (await reloadsOf(gateway.origin)) < number; look++) await sleep(100);
    });
    const ends = eachIn(seconds, restarts, async (number) => {
      onProgress(`restart ${number}`);
      await subgraphs.stop();
      await sleep(500);
      subgraphs = await startSubgraphs(Number(port));
    });
    const requests: Promise<void>[] = [];
    let changing = true;
    const changed = Promise.all([changes, ends]).finally(() => {
      changing = false;
    });
    while (changing || performance.now() < end) {
      requests.push(sendQuery(agent, gateway.origin, outcome));
      await sleep(1_000 / perSecond);
    }
    await Promise.all([...requests, changed]);
    return { ...outcome, reloads: await reloadsOf(gateway.origin) };
  } finally {
    agent.destroy();
    await gateway.stop();
    await subgraphs.stop();
  }
}

/** Calls a function a number of times, evenly spread over a duration. */
async function eachIn(seconds: number, times: number, what: (number: number) => Promise<void>): Promise<void> {
  const pause = (seconds * 1_000) / (times + 1);
  for (let number = 1; number <= times; number++) {
    await sleep(pause);
    await what(number);
  }
}

const BODY = JSON.stringify({ query: '{ movies(first: 3) { id title showing reviews { id author { name } } } }' });

async function sendQuery(agent: Agent, origin: string, outcome: Omit<ReloadOutcome, 'reloads'>): Promise<void> {
  const counts = outcome as { -readonly [Name in keyof typeof outcome]: number };
  counts.requests += 1;
  try {
    const sent = request(`${origin}/graphql`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    }).end(BODY);
    const [response] = await once(sent, 'response');
    const { data, errors = [] } = JSON.parse((await response.toArray()).join('')) as {
      data?: unknown;
      errors?: { extensions?: { code?: string } }[];
    };
    if (response.statusCode !== 200) counts.failed += 1;
    else if (errors.some(({ extensions }) => !AWAY.has(extensions?.code ?? ''))) counts.wrong += 1;
    else if (errors.length > 0) counts.partial += 1;
    else if (data === undefined) counts.wrong += 1;
  } catch {
    counts.failed += 1;
  }
}

async function reloadsOf(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^marquee_supergraph_reloads_total\{.*outcome="loaded".*\} (\d+)$/m.exec(text)?.[1] ?? 0);
}
