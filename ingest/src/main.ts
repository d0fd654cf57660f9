import { setFlagsFromString } from 'node:v8';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.ts';

// V8 collects the old generation only when it has grown to several times its live objects: a backfill, whose live objects take 20 MB, had
// 100 MB of garbage there, and the buffers that it held. A growth of 70 % bounds that for
// little CPU, since most objects die young; one of 30 % takes 1.0 ms more CPU a movie.
setFlagsFromString('--heap-growing-percent=70');

// Each command imports its own modules: those of all commands take 20 MB more.
const program = createProgram({
  movies: async (values, options) => {
    const { movies } = await import('./commands/ingest.ts');
    process.exitCode = await movies(values, options);
  },
  persons: async (values, options) => {
    const { persons } = await import('./commands/ingest.ts');
    process.exitCode = await persons(values, options);
  },
  popular: async (options) => {
    const { popular } = await import('./commands/ingest.ts');
    process.exitCode = await popular(options);
  },
  backfill: async (options) => {
    const { backfill } = await import('./commands/backfill.ts');
    process.exitCode = await backfill(options);
  },
  changes: async (options) => {
    const { changes } = await import('./commands/changes.ts');
    process.exitCode = await changes(options);
  },
  sync: async (options) => (await import('./commands/sync.ts')).sync(options),
  status: async (options) => (await import('./commands/queue-status.ts')).printStatus(options),
  retryFailed: async (options) => (await import('./commands/queue-status.ts')).queueFailed(options),
  migrate: async () => (await import('./commands/migrate.ts')).migrateQueue(),
  emulator: async (options) => {
    // The young generation stays as small as it is: V8 lets it grow to 128 MB, while the objects of the requests in progress take 5 MB.
    setFlagsFromString('--semi-space-growth-factor=1');
    await (await import('./commands/emulator.ts')).emulate(options);
  },
  checkCatalogue: async (file) => (await import('./commands/emulator.ts')).checkCatalogue(file),
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message, or the requested help.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (error instanceof MarqueeError) {
    process.stderr.write(`ingest: ${error.message} (${error.code})\n`);
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}
