import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { MarqueeError } from '@marquee/runtime/errors';
import { createLoad, type Load } from '../load.ts';
import { type ClosedLoad, closedLoad } from './closed-load.ts';
import type { GatewayComparison, GatewayMeasured } from './gateway-figures.ts';
import { GATEWAYS, type GatewayName } from './gateway-names.ts';
import {
  type MeasuredServer,
  startApollo,
  startCompiled,
  startMarquee,
  startSubgraphs,
  writeSupergraph,
} from './gateways.ts';
import type { GatewayQuery } from './queries.ts';

export interface GatewayBenchOptions {
  /** Folder of the supergraph file. */
  readonly folder: string;
  readonly queries: readonly GatewayQuery[];
  /** Number of concurrent requests. */
  readonly connections: number;
  /** Seconds of closed load on each gateway in each round, after an equally long warm-up. */
  readonly seconds: number;
  readonly rounds: number;
  /** Seconds of open load on each gateway, at the query's steady rate. */
  readonly steadySeconds: number;
  readonly onComparison: (comparison: GatewayComparison) => void;
  readonly onProgress: (what: string) => void;
}

interface Round extends ClosedLoad {
  readonly cpuMs: number;
  readonly subgraphsCpuMs: number;
  readonly loadCpuMs: number;
}

type Of<Value> = Readonly<Record<GatewayName, Value>>;

/**
 * Measures each query on Apollo Gateway, and on ours with and without deduplication, in alternating rounds over the same subgraphs, after
 * checking that their responses are equal. Each query has its own gateways, so that their memory is that of this query.
 *
 * @throws MarqueeError `ANSWERS_DIFFER` when they differ
 */
export async function benchGateways(options: GatewayBenchOptions): Promise<readonly GatewayComparison[]> {
  const subgraphs = await startSubgraphs();
  const comparisons: GatewayComparison[] = [];
  try {
    const supergraph = await writeSupergraph(options.folder, subgraphs.origin);
    for (const query of options.queries) {
      options.onProgress(query.name);
      const gateways = await startGateways(supergraph);
      try {
        const comparison = { query, gateways: await measure(query, gateways, subgraphs, options) };
        options.onComparison(comparison);
        comparisons.push(comparison);
      } finally {
        await Promise.all(Object.values(gateways).map((gateway) => gateway.stop()));
      }
    }
  } finally {
    await subgraphs.stop();
  }
  return comparisons;
}

const NO_DEDUPLICATION = { IN_FLIGHT_DEDUPLICATION: 'false' };

/** A plugin of Apollo Server that changes nothing. */
const PLUGIN = fileURLToPath(new URL('../servers/neutral-plugin.mjs', import.meta.url));

async function startGateways(supergraph: string): Promise<Of<MeasuredServer>> {
  return {
    'Apollo Gateway': await startApollo(supergraph),
    Marquee: await startMarquee(supergraph),
    'Marquee, no dedup': await startMarquee(supergraph, NO_DEDUPLICATION),
    'Marquee, plugins, no dedup': await startMarquee(supergraph, { ...NO_DEDUPLICATION, APOLLO_PLUGINS: PLUGIN }),
    CompiledGateway: await startCompiled(supergraph),
    'CompiledGateway, no dedup': await startCompiled(supergraph, NO_DEDUPLICATION),
  };
}

async function measure(
  query: GatewayQuery,
  gateways: Of<MeasuredServer>,
  subgraphs: MeasuredServer,
  options: GatewayBenchOptions,
): Promise<Of<GatewayMeasured>> {
  const { connections, seconds, rounds, steadySeconds, onProgress } = options;
  const bodyOf = bodies(query);
  await compareAnswers(query, gateways);
  const turns = ofEach((): Round[] => []);
  for (const name of GATEWAYS) {
    onProgress(`${query.name}: warming up ${name}`);
    await closedLoad(gateways[name].origin, bodyOf, { connections, seconds });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const name of GATEWAYS) {
      onProgress(`${query.name}: ${name}, round ${round} of ${rounds}`);
      turns[name].push(await measureRound(gateways[name], subgraphs, bodyOf, { connections, seconds }));
    }
  }
  const loads = ofEach((name) => loadOf(gateways[name], bodyOf));
  try {
    const result: Record<string, GatewayMeasured> = {};
    for (const name of GATEWAYS) {
      onProgress(`${query.name}: ${name}, steadily`);
      const steady = await loads[name].open(query.steadyPerSecond, steadySeconds);
      const { rssBytes, peakRssBytes } = await gateways[name].usage();
      result[name] = {
        ...medians(turns[name]),
        steady,
        rssMiB: rssBytes / 2 ** 20,
        peakRssMiB: peakRssBytes / 2 ** 20,
      };
    }
    return result as Of<GatewayMeasured>;
  } finally {
    await Promise.all(Object.values(loads).map((load) => load.close()));
  }
}

async function measureRound(
  gateway: MeasuredServer,
  subgraphs: MeasuredServer,
  bodyOf: string | (() => string),
  load: { readonly connections: number; readonly seconds: number },
): Promise<Round> {
  const usages = () => Promise.all([gateway.usage(), subgraphs.usage()]);
  const [gatewayBefore, subgraphsBefore] = await usages();
  const before = process.cpuUsage();
  const result = await closedLoad(gateway.origin, bodyOf, load);
  const { user, system } = process.cpuUsage(before);
  const [gatewayAfter, subgraphsAfter] = await usages();
  return {
    ...result,
    cpuMs: gatewayAfter.cpuMs - gatewayBefore.cpuMs,
    subgraphsCpuMs: subgraphsAfter.cpuMs - subgraphsBefore.cpuMs,
    loadCpuMs: (user + system) / 1_000,
  };
}

/** Returns the median of the rounds for each measurement. */
function medians(rounds: readonly Round[]): Omit<GatewayMeasured, 'steady' | 'rssMiB' | 'peakRssMiB'> {
  const middle = (of: (round: Round) => number) =>
    rounds.map(of).sort((one, other) => one - other)[Math.floor(rounds.length / 2)] as number;
  return {
    requestsPerSecond: middle(({ requests, seconds }) => requests / seconds),
    latencies: { p50: middle(({ latencies }) => latencies.p50), p99: middle(({ latencies }) => latencies.p99) },
    cpuMsPerRequest: middle(({ cpuMs, requests }) => cpuMs / requests),
    subgraphsCpuMsPerRequest: middle(({ subgraphsCpuMs, requests }) => subgraphsCpuMs / requests),
    loadCpuMsPerRequest: middle(({ loadCpuMs, requests }) => loadCpuMs / requests),
  };
}

async function compareAnswers(query: GatewayQuery, gateways: Of<MeasuredServer>): Promise<void> {
  const loads = ofEach((name) => loadOf(gateways[name], query.body(0)));
  try {
    const reference = (await loads['Apollo Gateway'].once()) as { readonly errors?: unknown };
    for (const name of GATEWAYS) {
      const answer = await loads[name].once();
      if (reference.errors === undefined && isDeepStrictEqual(answer, reference)) continue;
      const texts = [reference, answer].map((value) => JSON.stringify(value).slice(0, 500));
      throw new MarqueeError(
        'ANSWERS_DIFFER',
        `${query.name}: Apollo Gateway answers ${texts[0]}, and ${name} ${texts[1]}`,
      );
    }
  } finally {
    await Promise.all(Object.values(loads).map((load) => load.close()));
  }
}

/** Returns the query's body, or a function that creates the next one where they differ. */
function bodies(query: GatewayQuery): string | (() => string) {
  if (query.body(0) === query.body(1)) return query.body(0);
  let number = 0;
  return () => query.body(++number);
}

const loadOf = ({ origin }: MeasuredServer, body: string | (() => string)): Load =>
  createLoad({ origin, path: '/graphql', headersFor: () => ({ 'content-type': 'application/json' }) }, body);

const ofEach = <Value>(make: (name: GatewayName) => Value): Of<Value> =>
  Object.fromEntries(GATEWAYS.map((name) => [name, make(name)])) as Of<Value>;
