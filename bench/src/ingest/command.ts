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
  brokenMemoryPromises,
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
  readonly memoryRequests: number;
  readonly imageSettings: boolean;
  readonly json?: true;
}

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
    .option('--memory-requests <number>', 'requests during which it is measured', positive, 10_000)
    .option('--no-image-settings', "measure it with Node's own settings instead of those of the image")
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
        memoryRequests,
        imageSettings,
        ...options
      }: Options) => {
        const runs = await benchIngest({ ...options, onProgress: progress });
        progress('');
        print(json ? jsonLines(ingestFiguresOf(runs)) : ingestTable(runs));
        reportBroken(brokenPromises(runs));
        if (allowance) {
          for (const replicas of [1, 2]) {
            progress(`${replicas} replicas at 40 requests a second`);
            const figures = allowanceFiguresOf(await measureAllowance(replicas, allowanceSeconds));
            progress('');
            print(json ? jsonLines(figures) : figureLines(figures));
          }
        }
        if (memory) {
          const sizes = { movies: exportMovies, requests: memoryRequests, imageSettings };
          const measured = await measureMemory({ ...sizes, onProgress: progress });
          progress('');
          print(json ? jsonLines(memoryFiguresOf(measured)) : figureLines(memoryFiguresOf(measured)));
          reportBroken(brokenMemoryPromises(measured));
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

/** Reports promises that were not kept, which end the bench with 1. */
function reportBroken(promises: readonly string[]): void {
  for (const promise of promises) process.stderr.write(`NOT KEPT: ${promise}.\n`);
  if (promises.length > 0) process.exitCode = EXIT.failed;
}
