import type { Command } from 'commander';
import { type CommandOutput, jsonLines, positive } from '../command-line.ts';
import { ownDatabase } from '../database.ts';
import type { Figure } from '../figures.ts';
import { benchSearch, type Recall } from './search-bench.ts';

interface SearchOptions {
  readonly database?: string;
  readonly movies: number;
  readonly titles: number;
  readonly pool: number;
  readonly json?: true;
}

/** Share of misspelt titles that a search must find among its first 10 results. */
const RECALL_GOAL = 0.95;
/** Milliseconds. */
const P99_GOAL = 50;

/** Adds `search`, which measures recall and latency of misspelt titles. */
export function addSearchCommand(program: Command, { print, progress }: CommandOutput, folder: string): void {
  program
    .command('search')
    .description('Titles of one word, of 5 to 9 letters, with one letter missing, swapped, added and wrong.')
    .option('--database <url>', 'a superuser of a database that is filled; without it, one of its own is made and kept')
    .option('--movies <number>', 'movies in a database of its own', positive, 1_000_000)
    .option('--titles <number>', 'titles that are misspelt, each once in each way', positive, 2_500)
    .option('--pool <number>', 'connections of the subgraph to Postgres', positive, 10)
    .option('--json', 'one figure a line, as JSON: name, value, unit, reference, ratio')
    .action(async ({ database: url, movies, titles, pool, json }: SearchOptions) => {
      const own =
        url === undefined ? await ownDatabase({ movies, folder, subgraphs: ['movies'] }, progress) : undefined;
      try {
        const recalls = await benchSearch({ url: url ?? own?.url ?? '', titles, poolSize: pool, onProgress: progress });
        progress('');
        print(json ? jsonLines(recalls.flatMap(figuresOfRecall)) : [HEADER, ...recalls.map(lineOf)].join('\n'));
      } finally {
        await own?.close();
      }
    });
}

const nameOf = ({ letters, typo }: Recall) =>
  `${letters === null ? '5 to 9' : letters} letters, ${typo === 'all' ? 'any mistake' : `one ${typo}`}`;

export function figuresOfRecall(recall: Recall): readonly Figure[] {
  const figure = (what: string, value: number, unit: string, reference: number): Figure => ({
    name: `search: ${nameOf(recall)}: ${what}`,
    value: Number(value.toFixed(4)),
    unit,
    reference,
    ratio: Number((value / reference).toFixed(4)),
  });
  return [
    figure('found among the first 10', recall.found / recall.searches, 'share', RECALL_GOAL),
    figure('p50', recall.p50, 'ms', P99_GOAL),
    figure('p99', recall.p99, 'ms', P99_GOAL),
  ];
}

const columns = (name: string, ...values: readonly string[]) =>
  [name.padEnd(32), ...values.map((value) => value.padStart(10))].join('');
const HEADER = columns('', 'searches', 'found', 'p50 ms', 'p99 ms');
const lineOf = (recall: Recall) =>
  columns(
    nameOf(recall),
    String(recall.searches),
    `${((100 * recall.found) / recall.searches).toFixed(1)} %`,
    recall.p50.toFixed(1),
    recall.p99.toFixed(1),
  );
