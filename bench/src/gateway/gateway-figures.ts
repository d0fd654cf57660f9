import type { Figure } from '../figures.ts';
import type { Latencies } from '../load.ts';
import type { GatewayQuery } from './queries.ts';

/** What was measured of one gateway with one query. */
export interface GatewayMeasured {
  /** In a closed loop. */
  readonly requestsPerSecond: number;
  readonly latencies: Latencies;
  /** User and system time of the gateway's process, all threads, in milliseconds. */
  readonly cpuMsPerRequest: number;
  /** The same of all subgraphs, and of who asks. */
  readonly subgraphsCpuMsPerRequest: number;
  readonly loadCpuMsPerRequest: number;
  /** At the query's steady rate. */
  readonly steady: Latencies;
  /** Of the gateway's process after the query, and at most, in MiB. */
  readonly rssMiB: number;
  readonly peakRssMiB: number;
}

export const REFERENCE = 'Apollo Gateway';
export const OURS = ['Marquee', 'Marquee, no dedup'] as const;
export const GATEWAYS = [REFERENCE, ...OURS] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** One query on all gateways. */
export interface GatewayComparison {
  readonly query: GatewayQuery;
  readonly gateways: Readonly<Record<GatewayName, GatewayMeasured>>;
}

const VALUES: readonly (readonly [name: string, unit: string, of: (measured: GatewayMeasured) => number])[] = [
  ['requests per second', '1/s', (measured) => measured.requestsPerSecond],
  ['p50', 'ms', (measured) => measured.latencies.p50],
  ['p99', 'ms', (measured) => measured.latencies.p99],
  ['p50 at a steady load', 'ms', (measured) => measured.steady.p50],
  ['p99 at a steady load', 'ms', (measured) => measured.steady.p99],
  ['CPU per request', 'ms', (measured) => measured.cpuMsPerRequest],
  ['memory', 'MiB', (measured) => measured.rssMiB],
  ['memory at most', 'MiB', (measured) => measured.peakRssMiB],
];

/** Every value of ours beside that of Apollo Gateway. */
export function gatewayFiguresOf({ query, gateways }: GatewayComparison): readonly Figure[] {
  const reference = gateways[REFERENCE];
  return OURS.flatMap((name) =>
    VALUES.map(([value, unit, of]) => ({
      name: `${query.name}: ${name}: ${value}`,
      value: rounded(of(gateways[name])),
      unit,
      reference: rounded(of(reference)),
      ratio: rounded(of(gateways[name]) / of(reference)),
    })),
  );
}

/** What was promised of one query, and whether it holds. */
export interface Verdict {
  readonly query: string;
  readonly gateway: (typeof OURS)[number];
  /** Requests per second, beside Apollo Gateway's. */
  readonly times: number;
  readonly promised: number;
  readonly holds: boolean;
}

export function verdictsOf({ query, gateways }: GatewayComparison): readonly Verdict[] {
  return OURS.map((gateway, index) => {
    const times = gateways[gateway].requestsPerSecond / gateways[REFERENCE].requestsPerSecond;
    const promised = index === 0 ? query.promised.deduplicated : query.promised.each;
    return { query: query.name, gateway, times: rounded(times), promised, holds: times >= promised };
  });
}

const rounded = (value: number) => Number(value.toPrecision(4));
