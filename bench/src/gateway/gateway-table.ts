import type { GatewayComparison, GatewayMeasured, Verdict } from './gateway-figures.ts';
import { GATEWAYS, REFERENCE } from './gateway-names.ts';

type Column = readonly [title: string, of: (measured: GatewayMeasured, reference: GatewayMeasured) => string];

const COLUMNS: readonly Column[] = [
  ['req/s', ({ requestsPerSecond }) => requestsPerSecond.toFixed(0)],
  ['times', (one, other) => `${(one.requestsPerSecond / other.requestsPerSecond).toFixed(1)}x`],
  ['p50 ms', ({ latencies }) => latencies.p50.toFixed(2)],
  ['p99 ms', ({ latencies }) => latencies.p99.toFixed(2)],
  ['steady p50', ({ steady }) => steady.p50.toFixed(2)],
  ['steady p99', ({ steady }) => steady.p99.toFixed(2)],
  ['CPU ms', ({ cpuMsPerRequest }) => cpuMsPerRequest.toFixed(3)],
  ['less CPU', (one, other) => `${(other.cpuMsPerRequest / one.cpuMsPerRequest).toFixed(1)}x`],
  ['MiB', ({ rssMiB }) => rssMiB.toFixed(0)],
  ['peak MiB', ({ peakRssMiB }) => peakRssMiB.toFixed(0)],
  ['subgraphs ms', ({ subgraphsCpuMsPerRequest }) => subgraphsCpuMsPerRequest.toFixed(3)],
  ['load ms', ({ loadCpuMsPerRequest }) => loadCpuMsPerRequest.toFixed(3)],
];

export const gatewayHeader = (): string =>
  line(
    '',
    '',
    COLUMNS.map(([title]) => title),
  );

/** Formats a query: one line for each gateway. */
export function gatewayLinesOf({ query, gateways }: GatewayComparison): string {
  return GATEWAYS.map((name) => {
    const title = name === REFERENCE ? `${query.name}, steady ${query.steadyPerSecond}/s` : '';
    const cells = COLUMNS.map(([, of]) => of(gateways[name], gateways[REFERENCE]));
    return line(title, name, cells);
  }).join('\n');
}

export const gatewayVerdictLine = ({ query, gateway, times, promised, holds }: Verdict): string =>
  `${query}: ${gateway} answers ${times} times the requests of ${REFERENCE}; ${promised} are promised${holds ? '.' : ': NOT KEPT.'}`;

const line = (title: string, gateway: string, cells: readonly string[]): string =>
  [title.padEnd(24), gateway.padEnd(26), ...cells.map((cell) => cell.padStart(12))].join(' ').trimEnd();
