import type { Latencies } from './load.ts';

/** Measurements of one server with one query. */
export interface Measured {
  /** With `connections` concurrent requests. */
  readonly requestsPerSecond: number;
  readonly latencies: Latencies;
  /** User and system time of the server's process, in milliseconds. */
  readonly cpuMsPerRequest: number;
  /** Resident memory of the server's process after the query. */
  readonly rssMiB: number;
  /** Milliseconds, at 50 requests per second. */
  readonly steadyP99: number;
}

export const SERVERS = ['bare SQL', 'subgraph', 'PostGraphile'] as const;
export type ServerName = (typeof SERVERS)[number];

/** Measurements of one query on all servers. */
export interface Comparison {
  readonly subgraph: string;
  readonly query: string;
  readonly servers: Readonly<Record<ServerName, Measured>>;
}

/** A figure as `--json` prints it: a value of the subgraph, compared with another server or a limit. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: number;
  readonly ratio: number;
}

/** Maximum ratio to the CPU of the bare SQL. */
export const CPU_LIMIT = 2.5;
/** Milliseconds, at 50 requests per second. */
export const P99_LIMIT = 50;

const VALUES: readonly (readonly [name: string, unit: string, of: (measured: Measured) => number])[] = [
  ['requests per second', '1/s', (measured) => measured.requestsPerSecond],
  ['p50', 'ms', (measured) => measured.latencies.p50],
  ['p99', 'ms', (measured) => measured.latencies.p99],
  ['CPU per request', 'ms', (measured) => measured.cpuMsPerRequest],
  ['memory', 'MiB', (measured) => measured.rssMiB],
  ['p99 at a steady load', 'ms', (measured) => measured.steadyP99],
];

/** Compares every value of the subgraph with the other two servers, and its p99 at a steady load with the limit. */
export function figuresOf({ subgraph, query, servers }: Comparison): readonly Figure[] {
  const figure = (name: string, value: number, unit: string, reference: number): Figure => ({
    name: `${subgraph}: ${query}: ${name}`,
    value: rounded(value),
    unit,
    reference: rounded(reference),
    ratio: rounded(value / reference),
  });
  const beside = (['bare SQL', 'PostGraphile'] as const).flatMap((other) =>
    VALUES.map(([name, unit, of]) =>
      figure(`${name}, beside ${other}`, of(servers.subgraph), unit, of(servers[other])),
    ),
  );
  return [...beside, figure('p99 at a steady load, beside its limit', servers.subgraph.steadyP99, 'ms', P99_LIMIT)];
}

/** Number of a subgraph's queries that reach each target. */
export interface Verdict {
  readonly subgraph: string;
  readonly queries: number;
  readonly withinCpuLimit: number;
  /** Less CPU for each request, and more requests per second. */
  readonly aheadOfPostgraphile: number;
  readonly withinP99Limit: number;
}

export function verdictOf(subgraph: string, comparisons: readonly Comparison[]): Verdict {
  const count = (holds: (servers: Comparison['servers']) => boolean) =>
    comparisons.filter(({ servers }) => holds(servers)).length;
  return {
    subgraph,
    queries: comparisons.length,
    withinCpuLimit: count((of) => of.subgraph.cpuMsPerRequest <= CPU_LIMIT * of['bare SQL'].cpuMsPerRequest),
    aheadOfPostgraphile: count(
      ({ subgraph: ours, PostGraphile: theirs }) =>
        ours.cpuMsPerRequest < theirs.cpuMsPerRequest && ours.requestsPerSecond > theirs.requestsPerSecond,
    ),
    withinP99Limit: count((of) => of.subgraph.steadyP99 <= P99_LIMIT),
  };
}

const rounded = (value: number) => Number(value.toPrecision(4));
