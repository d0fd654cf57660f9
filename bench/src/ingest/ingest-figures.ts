import type { Figure } from '../figures.ts';
import type { AllowanceMeasured } from './allowance.ts';
import type { Contender } from './ingest-bench.ts';
import type { IngestMeasured } from './ingest-run.ts';
import type { MemoryMeasured } from './memory.ts';
import type { StorageMeasured } from './storage.ts';

/** Targets without a limit on requests, on 2 otherwise idle cores. */
export const PROMISED = { moviesPerSecond: 400, cpuRatio: 2 } as const;

/** Limits of resident memory, in MB. */
export const PROMISED_MEMORY = { backfillMb: 250, emulatorMb: 150 } as const;

/** Movies at TMDb, about. */
const ALL_MOVIES = 1_000_000;
const GIB = 2 ** 30;

const INGESTS = ['ingest movies', 'ingest backfill'] as const satisfies readonly Contender[];

type Runs = Readonly<Record<Contender, IngestMeasured>>;
type Value = readonly [name: string, unit: string, of: (measured: IngestMeasured) => number];

const VALUES: readonly Value[] = [
  ['movies per second', '1/s', (measured) => measured.moviesPerSecond],
  ['CPU per movie', 'ms', (measured) => measured.cpuMsPerMovie],
  ['peak memory', 'MiB', (measured) => measured.peakRssMiB],
];

/** Compares both ingests with the bare loop. */
export function ingestFiguresOf(runs: Runs): readonly Figure[] {
  return INGESTS.flatMap((ingest) =>
    VALUES.map(([name, unit, of]) => figure(`${ingest}: ${name}`, unit, of(runs[ingest]), of(runs['bare loop']))),
  );
}

/** Figures for each movie; the reference is the other place. */
export function storageFiguresOf({ postgresBytesPerMovie, logBytesPerMovie }: StorageMeasured): readonly Figure[] {
  const both = postgresBytesPerMovie + logBytesPerMovie;
  return [
    figure('ingest: bytes per movie in Postgres', 'B', postgresBytesPerMovie, both),
    figure('ingest: bytes per movie in the log', 'B', logBytesPerMovie, both),
    figure('ingest: a million movies', 'GiB', (both * ALL_MOVIES) / GIB, (both * ALL_MOVIES) / GIB),
  ];
}

/** Compares the use of the allowance with its targets: at least 97 % used, and fewer than 1 in 1,000 refused. */
export function allowanceFiguresOf({ replicas, usedShare, refusedPerThousand }: AllowanceMeasured): readonly Figure[] {
  return [
    figure(`ingest: allowance used by ${replicas} replicas`, '', usedShare, 0.97),
    figure(`ingest: 429s for 1,000 requests of ${replicas} replicas`, '', refusedPerThousand, 1),
  ];
}

/** Compares the memory of a backfill and of the emulator with their limits; the census has none. */
export function memoryFiguresOf({ movies, requests, peakMb, peaksMb, ...rest }: MemoryMeasured): readonly Figure[] {
  const { backfillMb, emulatorMb } = PROMISED_MEMORY;
  const last = peaksMb.at(-1) ?? peakMb;
  return [
    figure(`ingest: peak memory of a backfill of ${movies} movies, ${requests} requests`, 'MB', peakMb, backfillMb),
    figure('ingest: peak memory in the last tenth of the requests, beside the second', 'MB', last, peaksMb[1] ?? last),
    figure(`ingest: peak memory of the emulator with ${movies} movies`, 'MB', rest.emulatorPeakMb, emulatorMb),
    figure(`ingest: census of ${movies} movies`, 's', rest.censusSeconds, rest.censusSeconds),
  ];
}

/** Returns the limits of memory that were not kept, each with its figures. */
export function brokenMemoryPromises({ peakMb, emulatorPeakMb }: MemoryMeasured): readonly string[] {
  const { backfillMb, emulatorMb } = PROMISED_MEMORY;
  return [
    ...(peakMb >= backfillMb ? [`${peakMb} MB of a backfill; less than ${backfillMb} are promised`] : []),
    ...(emulatorPeakMb >= emulatorMb
      ? [`${emulatorPeakMb} MB of the emulator; less than ${emulatorMb} are promised`]
      : []),
  ];
}

/** Formats figures, one a line. */
export function figureLines(figures: readonly Figure[]): string {
  return figures.map(({ name, value, unit }) => `${name.padEnd(64)}${String(value).padStart(12)} ${unit}`).join('\n');
}

/** Returns the lines of a table with a value a line; each ingest has its ratio to the bare loop. */
export function ingestTable(runs: Runs): string {
  const bare = runs['bare loop'];
  return [
    line(['', 'bare loop', ...INGESTS.flatMap((ingest) => [ingest, 'bare = 1'])]),
    ...VALUES.map(([name, unit, of]) => {
      const cells = INGESTS.flatMap((ingest) => [of(runs[ingest]), of(runs[ingest]) / of(bare)]);
      return line([`${name}, ${unit}`, ...[of(bare), ...cells].map((cell) => cell.toFixed(2))]);
    }),
  ].join('\n');
}

export function storageTable({ postgresBytesPerMovie, logBytesPerMovie }: StorageMeasured): string {
  const all = (bytes: number) => `${((bytes * ALL_MOVIES) / GIB).toFixed(1)} GiB`;
  return [
    line(['', 'bytes per movie', 'a million movies']),
    line(['Postgres', postgresBytesPerMovie.toFixed(0), all(postgresBytesPerMovie)]),
    line(['event log, uncompressed', logBytesPerMovie.toFixed(0), all(logBytesPerMovie)]),
    line(['sum', (postgresBytesPerMovie + logBytesPerMovie).toFixed(0), all(postgresBytesPerMovie + logBytesPerMovie)]),
  ].join('\n');
}

/** Returns the promises that were not kept, each with its figures. */
export function brokenPromises(runs: Runs): readonly string[] {
  return INGESTS.flatMap((ingest) => {
    const { moviesPerSecond, cpuMsPerMovie } = runs[ingest];
    const ratio = cpuMsPerMovie / runs['bare loop'].cpuMsPerMovie;
    return [
      ...(moviesPerSecond < PROMISED.moviesPerSecond
        ? [`${ingest}: ${moviesPerSecond.toFixed(0)} movies a second; ${PROMISED.moviesPerSecond} are promised`]
        : []),
      ...(ratio > PROMISED.cpuRatio
        ? [`${ingest}: ${ratio.toFixed(2)} times the CPU of the bare loop; at most ${PROMISED.cpuRatio} are promised`]
        : []),
    ];
  });
}

function line([title = '', ...cells]: readonly string[]): string {
  return title.padEnd(28) + cells.map((cell) => cell.padStart(18)).join('');
}

function figure(name: string, unit: string, value: number, reference: number): Figure {
  return {
    name,
    value: rounded(value),
    unit,
    reference: rounded(reference),
    ratio: rounded(value / reference),
  };
}

const rounded = (value: number) => Number(value.toPrecision(4));
