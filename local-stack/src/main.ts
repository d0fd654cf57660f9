import path from 'node:path';
import { recoverPostgres, removePostgres } from '@marquee/local-services/postgres';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { portVariable, REGISTRY_FILE, readRegistry } from '@marquee/supergraph-registry/registry';
import { Command, CommanderError } from 'commander';
import { addressBlock } from './addresses.ts';
import { readConfiguration, type StackConfiguration, type StackSubgraph } from './configuration.ts';
import { requireFreePorts } from './ports.ts';
import { createShutdown } from './shutdown.ts';
import { onSignals } from './signals.ts';
import { startStack } from './stack.ts';
import { dropState, openState, type State } from './state.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Time in which the processes of a killed run may still use their ports: they detect its end and drain. */
const PATIENCE_MS = 15_000;

const environmentHelp = (subgraphs: readonly StackSubgraph[]) => `
Environment:
  PORT                the gateway's port (4000); HOST the address that it listens on (127.0.0.1)
  ${[...subgraphs.map(({ name }) => portVariable(name)), 'EMULATOR_PORT', 'POSTGRES_PORT', 'INGEST_PORT'].join(', ')}
                      the other ports (${[...subgraphs.map(({ port }) => port), 4010, 4015, 4020].join(', ')}), all on 127.0.0.1
  MARQUEE_STATE_DIR   where data, passwords and logs are kept (.marquee)
  DATABASE_URL        a Postgres of your own instead of the embedded one; a role that may create roles and schemas
  DATABASE_CONSUMER_POOL_SIZE
                      connections of each subgraph's consumer (3); all but one apply a batch of events each
  KAFKA_BROKERS       Kafka instead of the event log in Postgres (with KAFKA_TLS…, KAFKA_SASL_…, KAFKA_REPLICATION)
  TMDB_TOKEN          the real TMDb instead of the sample catalogue; STACK_MOVIES says how many of its most popular movies
                      are ingested and kept fresh (10000; 100000000 for all)
  STACK_SYNC          off: movies are read at the start alone, and not kept fresh
  TMDB_BASE_URL       another server that answers like TMDb
  CORS_ORIGINS        origins whose pages may use the API (localhost, 127.0.0.1 and [::1] with any port); empty for none
  AUTH_ISSUER         whose tokens are taken instead of the stack's own (with AUTH_AUDIENCE, AUTH_JWKS_URL, …)

Exit codes: 0 stopped by a signal; 1 a part failed for good; 2 a mistake in arguments or configuration; 3 a database or broker could not be
reached.`;

interface Options {
  readonly fresh: boolean;
  readonly json: boolean;
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { subgraphs } = readRegistry(path.join(ROOT, REGISTRY_FILE));
    const options = parseOptions(argv, subgraphs);
    return options === 'help' ? EXIT.ok : await run(options, readConfiguration(ROOT, process.env, subgraphs));
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return error instanceof MarqueeError ? error.exitCode : EXIT.failed;
  }
}

function parseOptions(argv: readonly string[], subgraphs: readonly StackSubgraph[]): Options | 'help' {
  const command = new Command('npm start --')
    .description('Marquee on this machine: Postgres, event log, TMDb, the subgraphs and the gateway, until Ctrl-C.')
    .option('--fresh', 'drop what earlier runs kept, and start with nothing', false)
    .option('--json', 'print the addresses as one line of JSON on stdout; all else goes to stderr', false)
    .addHelpText('after', environmentHelp(subgraphs))
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  try {
    command.parse(argv, { from: 'user' });
    return command.opts<{ fresh: boolean; json: boolean }>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 'help';
    throw new MarqueeError(
      'USAGE',
      `${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}; --help lists the options.`,
      {
        exitCode: EXIT.usage,
      },
    );
  }
}

/** Runs a stack until a signal stops it. */
async function run(options: Options, config: StackConfiguration): Promise<number> {
  if (options.fresh && config.DATABASE_URL !== undefined) {
    throw new MarqueeError(
      'USAGE',
      '--fresh drops the embedded database only, and DATABASE_URL is set: empty that database yourself, or unset it.',
      { exitCode: EXIT.usage },
    );
  }
  const terminal = createTerminal(options.json);
  const shutdown = createShutdown();
  const state = await openState(config.stateDir);
  const signals = onSignals(() => shutdown.kill());
  try {
    await prepare(options, config, state, terminal);
    shutdown.stopping.addEventListener('abort', () => terminal.note('stopping …'));
    const stack = startStack({ root: ROOT, config, env: process.env, state, shutdown, terminal });
    stack.catch(() => {});
    const started = await Promise.race([stack, signals.requested]);
    if (started) {
      const { addresses, token, processes, failed } = started;
      const summary = terminal.summary();
      if (summary) terminal.note(summary);
      terminal.final(addressBlock(addresses, token, ROOT, config.STACK_MOVIES), {
        ...addresses,
        pid: process.pid,
        processes,
      });
      const failure = await Promise.race([failed.catch((error: unknown) => error), signals.requested]);
      if (failure) {
        terminal.note(`${describe(failure)} It cannot be kept alive; everything stops.`);
        await shutdown.stop();
        return EXIT.failed;
      }
    }
    await shutdown.stop();
    return EXIT.ok;
  } catch (error) {
    await shutdown.stop().catch((failure) => terminal.note(describe(failure)));
    throw error;
  } finally {
    await state.release();
    signals.restore();
  }
}

/** Removes what a previous run left, and checks that the ports are free. */
async function prepare(options: Options, config: StackConfiguration, state: State, terminal: Terminal): Promise<void> {
  if (config.DATABASE_URL === undefined) {
    if (options.fresh) await removePostgres(state.postgres);
    else await recoverPostgres(state.postgres, { info: terminal.note, warn: terminal.note });
  }
  if (options.fresh) await dropState(state);
  await requireFreePorts(config.ports, config.HOST, state.recovered ? PATIENCE_MS : 0);
}

function describe(error: unknown): string {
  return error instanceof MarqueeError ? `${error.message} (${error.code})` : messageOf(error);
}
