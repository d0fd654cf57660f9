import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EXIT } from '@marquee/runtime/errors';
import type { Command } from 'commander';
import { type CommandOutput, jsonLines, positive } from '../command-line.ts';
import { benchLoading, type LoadingMeasured, THIS_TREE } from './loading-bench.ts';
import { brokenPromises, loadingFiguresOf, loadingTable } from './loading-figures.ts';

interface Options {
  readonly movies: number;
  readonly people: number;
  readonly credits: number;
  readonly reads: number;
  readonly quietSeconds: number;
  readonly beside?: string;
  readonly reference: boolean;
  readonly kafka?: string;
  readonly keep?: string;
  readonly json?: true;
}

/** One batch at a time in each subgraph: its consumer reserves a connection for small work. */
const ONE_AT_A_TIME = { DATABASE_CONSUMER_POOL_SIZE: '2' };

/** Adds `reads-while-loading`, which reads through the gateway while a catalogue is loaded. */
export function addLoadingCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('reads-while-loading')
    .description(
      'Loads a synthetic catalogue into the whole stack as fast as it goes, and reads through the gateway meanwhile; exit 1 when a promise is not kept.',
    )
    .option('--movies <number>', 'movies of the catalogue', positive, 5_000)
    .option('--people <number>', 'people of the catalogue', positive, 100_000)
    .option('--credits <number>', 'mean number of credits of a movie', positive, 50)
    .option('--reads <number>', 'reads a second', positive, 20)
    .option('--quiet-seconds <number>', 'how long reads are measured after the load', positive, 10)
    .option(
      '--beside <checkout>',
      'the stack of another checkout as the reference; by default this one, one batch at a time',
    )
    .option('--no-reference', 'measure this stack alone')
    .option(
      '--kafka <brokers>',
      'send events through Kafka, whose topics of Marquee must be empty; without a reference',
    )
    .option('--keep <folder>', 'keep data and logs of the stacks in a new folder')
    .option('--json', 'one figure a line, as JSON: name, value, unit, reference, ratio')
    .action(async (options: Options) => {
      const folder = options.keep ?? (await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-')));
      const measure = (name: string, tree: string, env: Readonly<Record<string, string>>) =>
        benchLoading({
          movies: options.movies,
          people: options.people,
          creditsPerMovie: options.credits,
          readsPerSecond: options.reads,
          quietSeconds: options.quietSeconds,
          stack: { tree, folder: path.join(folder, name), env, ...(options.kafka && { kafka: options.kafka }) },
          onProgress: (what) => progress(`${name}: ${what}`),
        });
      try {
        let reference: readonly [string, LoadingMeasured] | undefined;
        if (options.reference && options.kafka === undefined) {
          reference =
            options.beside === undefined
              ? ['one batch at a time', await measure('reference', THIS_TREE, ONE_AT_A_TIME)]
              : [options.beside, await measure('reference', path.resolve(options.beside), {})];
        }
        const measured = await measure('measured', THIS_TREE, {});
        progress('');
        if (options.json) print(jsonLines(loadingFiguresOf(measured, reference?.[1])));
        else print(loadingTable([...(reference ? [reference] : []), ['this stack', measured]]));
        const broken = brokenPromises(measured);
        for (const promise of broken) process.stderr.write(`NOT KEPT: ${promise}.\n`);
        if (broken.length > 0) process.exitCode = EXIT.failed;
      } finally {
        if (options.keep === undefined) await rm(folder, { recursive: true, force: true });
      }
    });
}
