import type { Figure } from '../figures.ts';
import type { LoadingMeasured } from './loading-bench.ts';

/** Targets on 2 otherwise idle cores. */
export const PROMISED = { moviesPerSecond: 100, p99: 250, failed: 0 } as const;

type Value = readonly [name: string, unit: string, of: (measured: LoadingMeasured) => number];

const VALUES: readonly Value[] = [
  ['movies per second', '1/s', (measured) => measured.moviesPerSecond],
  ['CPU per movie, Postgres', 'ms', (measured) => measured.postgresMsPerMovie],
  ['CPU per movie, Node', 'ms', (measured) => measured.nodeMsPerMovie],
  ['reads while loading', '', (measured) => measured.whileLoading.reads],
  ['reads that failed', '', (measured) => measured.whileLoading.failed],
  ['read p50 while loading', 'ms', (measured) => measured.whileLoading.latencies.p50],
  ['read p99 while loading', 'ms', (measured) => measured.whileLoading.latencies.p99],
  ['read p50 afterwards', 'ms', (measured) => measured.afterwards.latencies.p50],
  ['read p99 afterwards', 'ms', (measured) => measured.afterwards.latencies.p99],
];

/** Compares every value with the reference's; without a reference, with itself. */
export function loadingFiguresOf(measured: LoadingMeasured, reference: LoadingMeasured = measured): readonly Figure[] {
  return VALUES.map(([name, unit, of]) => ({
    name: `reads-while-loading: ${name}`,
    value: rounded(of(measured)),
    unit,
    reference: rounded(of(reference)),
    ratio: of(reference) === 0 ? (of(measured) === 0 ? 1 : Number.MAX_VALUE) : rounded(of(measured) / of(reference)),
  }));
}

/** Returns the lines of a table with a value a line and a stack a column. */
export function loadingTable(stacks: readonly (readonly [name: string, measured: LoadingMeasured])[]): string {
  const cell = (text: string) => text.padStart(24);
  return [
    ['', ...stacks.map(([name]) => name)],
    ...VALUES.map(([name, unit, of]) => [
      unit === '' ? name : `${name}, ${unit}`,
      ...stacks.map(([, measured]) => of(measured).toFixed(unit === '' ? 0 : 1)),
    ]),
  ]
    .map(([title = '', ...cells]) => title.padEnd(30) + cells.map(cell).join(''))
    .join('\n');
}

/** Returns the promises that were not kept, each with its figures. */
export function brokenPromises({ moviesPerSecond, whileLoading }: LoadingMeasured): readonly string[] {
  const { failed, reads, latencies, reasons } = whileLoading;
  return [
    ...(failed > PROMISED.failed ? [`${failed} of ${reads} reads failed: ${reasons.join(' | ')}`] : []),
    ...(latencies.p99 >= PROMISED.p99
      ? [`p99 is ${latencies.p99.toFixed(0)} ms; less than ${PROMISED.p99} ms is promised`]
      : []),
    ...(moviesPerSecond < PROMISED.moviesPerSecond
      ? [`${moviesPerSecond.toFixed(0)} movies a second; ${PROMISED.moviesPerSecond} are promised`]
      : []),
  ];
}

const rounded = (value: number) => Number(value.toPrecision(4));
