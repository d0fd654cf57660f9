import type { Figure } from '../figures.ts';
import type { Latencies } from '../load.ts';
import { type GatewayName, OURS, REFERENCE } from './gateway-names.ts';
import type { GatewayQuery } from './queries.ts';

/** Measurements of one gateway with one query. */
export interface GatewayMeasured {
  /** In a closed loop. */
  readonly requestsPerSecond: number;
  readonly latencies: Latencies;
  /** User and system time of the gateway's process, all threads, in milliseconds. */
  readonly cpuMsPerRequest: number;
  /** The same for all subgraphs, and for the client. */
  readonly subgraphsCpuMsPerRequest: number;
  readonly loadCpuMsPerRequest: number;
  /** At the query's steady rate. */
  readonly steady: Latencies;
  /** Resident memory of the gateway's process after the query, and its maximum, in MiB. */
  readonly rssMiB: number;
  readonly peakRssMiB: number;
}

/** Measurements of one query on all gateways. */
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

/** Compares every value of ours with Apollo Gateway. */
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

/** Targets of one query, and the results. */
export interface Verdict {
  readonly query: string;
  readonly gateway: (typeof OURS)[number];
  /** Requests per second, as a multiple of Apollo Gateway's. */
  readonly times: number;
  readonly promised: number;
  readonly holds: boolean;
}

export function verdictsOf({ query, gateways }: GatewayComparison): readonly Verdict[] {
  return OURS.map((gateway) => {
    const times = gateways[gateway].requestsPerSecond / gateways[REFERENCE].requestsPerSecond;
    const promised = query.promised[gateway];
    return { query: query.name, gateway, times: rounded(times), promised, holds: times >= promised };
  });
}

const rounded = (value: number) => Number(value.toPrecision(4));
