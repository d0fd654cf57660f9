import { type Comparison, type Measured, SERVERS, type Verdict } from './figures.ts';

const COLUMNS: readonly (readonly [title: string, of: (measured: Measured) => string])[] = [
  ['req/s', (measured) => measured.requestsPerSecond.toFixed(0)],
  ['p50 ms', (measured) => measured.latencies.p50.toFixed(1)],
  ['p99 ms', (measured) => measured.latencies.p99.toFixed(1)],
  ['CPU ms', (measured) => measured.cpuMsPerRequest.toFixed(3)],
  ['MiB', (measured) => measured.rssMiB.toFixed(0)],
  ['p99 at 50/s', (measured) => measured.steadyP99.toFixed(1)],
];

const HEADER = ['', '', ...COLUMNS.map(([title]) => title), 'CPU, bare = 1'];

/** Formats a query: one line for each server. */
export function linesOf({ subgraph, query, servers }: Comparison): string {
  const floor = servers['bare SQL'].cpuMsPerRequest;
  return SERVERS.map((name, index) => {
    const measured = servers[name];
    const title = index === 0 ? `${subgraph}: ${query}` : '';
    const ratio = (measured.cpuMsPerRequest / floor).toFixed(2);
    return line([title, name, ...COLUMNS.map(([, of]) => of(measured)), ratio]);
  }).join('\n');
}

export const header = (): string => line(HEADER);

export function verdictLine(verdict: Verdict): string {
  const { subgraph, queries, withinCpuLimit, aheadOfPostgraphile, withinP99Limit } = verdict;
  return `${subgraph}: of ${queries} queries ${withinCpuLimit} take at most 2.5 times the CPU of the bare SQL, ${aheadOfPostgraphile} are ahead of PostGraphile, and ${withinP99Limit} have a p99 of at most 50 ms at 50 requests per second.`;
}

function line(cells: readonly string[]): string {
  const [title = '', server = '', ...numbers] = cells;
  return [title.padEnd(56), server.padEnd(12), ...numbers.map((cell) => cell.padStart(11))].join(' ').trimEnd();
}
