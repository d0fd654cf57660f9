import { loadConfig, logLevelOf } from '@marquee/runtime/config';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { type ProcessContext, runProcess } from '@marquee/runtime/process';
import type { EmulatorOptions } from '../cli/emulator-command.ts';
import { readCatalogue } from '../emulator/catalogue-file.ts';
import { faultsOf, servedCatalogue } from '../emulator/served-catalogue.ts';
import { addTmdbEmulator } from '../emulator/tmdb-emulator.ts';
import { emulatorConfig } from '../emulator-config.ts';

/** Serves a catalogue with TMDb's API until a signal arrives. */
export function emulate(options: EmulatorOptions): Promise<void> {
  const serve = async (ctx: ProcessContext) => {
    const config = loadConfig(emulatorConfig);
    const catalogue = await servedCatalogue(options);
    const server = createHttpServer(ctx);
    await addTmdbEmulator(server, {
      catalogue,
      token: config.EMULATOR_TOKEN,
      faults: faultsOf(options),
      seed: options.seed,
      maxAge: options.maxAge,
      admin: options.admin,
      logger: ctx.logger,
    });
    const requestedPort = options.port ?? config.EMULATOR_PORT;
    const port = await listen(ctx, server, { host: config.HOST, port: requestedPort, variable: 'EMULATOR_PORT' });
    ctx.logger.info({ url: `http://${config.HOST}:${port}/3`, films: catalogue.movies.size }, 'TMDb emulator');
  };
  return runProcess('tmdb-emulator', serve, logLevelOf(emulatorConfig));
}

/** Validates a catalogue file and prints its size. */
export async function checkCatalogue(file: string): Promise<void> {
  const { movies, people } = await readCatalogue(file);
  process.stdout.write(`${file}: ${movies.size} movies, ${people.size} people\n`);
}
