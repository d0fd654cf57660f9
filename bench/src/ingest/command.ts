import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EXIT } from '@marquee/runtime/errors';
import type { Command } from 'commander';
import { type CommandOutput, jsonLines, positive } from '../command-line.ts';
import { measureAllowance } from './allowance.ts';
import { benchIngest } from './ingest-bench.ts';
import {
  allowanceFiguresOf,
  brokenPromises,
  figureLines,
  ingestFiguresOf,
  ingestTable,
  memoryFiguresOf,
  storageFiguresOf,
  storageTable,
} from './ingest-figures.ts';
import { measureMemory } from './memory.ts';
import { measureStorage } from './storage.ts';

interface Options {
  readonly movies: number;
  readonly concurrency: number;
  readonly turns: number;
  readonly storedMovies: number;
  readonly storage: boolean;
  readonly allowance: boolean;
  readonly allowanceSeconds: number;
  readonly memory: boolean;
  readonly exportMovies: number;
  readonly json?: true;
}

/** Seconds of requests after the census in which the memory is measured. */
const MEMORY_SECONDS = 30;

/** Adds `ingest`, which compares the ingest with a bare loop over the same responses, and measures what movies take in storage. */
export function addIngestCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('ingest')
    .description(
      'From HTTP to Kafka: the ingest beside a bare loop with the same requests, and the storage of movies; exit 1 when a promise is not kept.',
    )
    .option('--movies <number>', 'movies of each turn', positive, 4_000)
    .option('--concurrency <number>', 'concurrent requests, and movies of the bare loop', positive, 20)
    .option('--turns <number>', 'turns of each; the median counts', positive, 3)
    .option('--stored-movies <number>', 'movies whose storage is measured', positive, 2_000)
    .option('--no-storage', 'skip the storage')
    .option('--no-allowance', 'skip the use of 40 requests a second, by one and two replicas of a backfill')
    .option('--allowance-seconds <number>', 'seconds of steady state', positive, 60)
    .option('--no-memory', 'skip the memory of a backfill')
    .option('--export-movies <number>', 'movies of its export', positive, 1_000_000)
    .option('--json', 'one figure a line, as JSON: name, value, unit, reference, ratio')
    .action(
      async ({
        json,
        storedMovies,
        storage,
        allowance,
        allowanceSeconds,
        memory,
        exportMovies,
        ...options
      }: Options) => {
        const runs = await benchIngest({ ...options, onProgress: progress });
        progress('');
        print(json ? jsonLines(ingestFiguresOf(runs)) : ingestTable(runs));
        const broken = brokenPromises(runs);
        for (const promise of broken) process.stderr.write(`NOT KEPT: ${promise}.\n`);
        if (broken.length > 0) process.exitCode = EXIT.failed;
        if (allowance) {
          for (const replicas of [1, 2]) {
            progress(`${replicas} replicas at 40 requests a second`);
            const figures = allowanceFiguresOf(await measureAllowance(replicas, allowanceSeconds));
            progress('');
            print(json ? jsonLines(figures) : figureLines(figures));
          }
        }
        if (memory) {
          progress(`a backfill of ${exportMovies} movies`);
          const figures = memoryFiguresOf(await measureMemory(exportMovies, MEMORY_SECONDS));
          progress('');
          print(json ? jsonLines(figures) : figureLines(figures));
        }
        if (!storage) return;
        const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
        try {
          progress(`storing ${storedMovies} movies in a whole stack`);
          const stored = await measureStorage(storedMovies, folder);
          progress('');
          print(json ? jsonLines(storageFiguresOf(stored)) : storageTable(stored));
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
    );
}
