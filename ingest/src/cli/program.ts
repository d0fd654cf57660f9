import { Command } from 'commander';
import { addEmulatorCommand, type EmulatorOptions } from './emulator-command.ts';
import { addQueueCommands, type QueueActions } from './queue-commands.ts';
import { whole } from './values.ts';

/** Options of the commands that request TMDb. */
export interface IngestOptions {
  readonly json: boolean;
  readonly concurrency: number;
  readonly rate?: number;
  readonly retries: number;
}

export interface PopularOptions extends IngestOptions {
  readonly pages: number;
}

/** Implementations of the commands. */
export interface Actions extends QueueActions {
  movies(ids: readonly string[], options: IngestOptions): Promise<void>;
  persons(ids: readonly string[], options: IngestOptions): Promise<void>;
  popular(options: PopularOptions): Promise<void>;
  migrate(): Promise<void>;
  emulator(options: EmulatorOptions): Promise<void>;
  checkCatalogue(file: string): Promise<void>;
}

const ENVIRONMENT = `
Environment:
  TMDB_TOKEN         token of the real TMDb (v4 access token or v3 API key)
  TMDB_BASE_URL      another server with TMDb's API, for example http://127.0.0.1:4010/3
  TMDB_EMULATOR_URL  the server to use when neither of the two is set
  KAFKA_BROKERS      the event log: Kafka (with KAFKA_TLS…, KAFKA_SASL_…, KAFKA_REPLICATION),
  EVENT_LOG_URL      or the Postgres event log
  INGEST_DATABASE_URL  the queue, for versions and a pace that other runs share; without it, the process has its own
  LOG_LEVEL          level of the log on stderr; warn by default

Exit codes: 0 success; 1 some parts failed, see the summary; 2 invalid arguments or configuration;
3 TMDb or the event log could not be reached, or TMDb refused the token.`;

/** Creates the command line. Parsing rejects with a CommanderError instead of ending the process. */
export function createProgram(actions: Actions): Command {
  const program = new Command('ingest')
    .description('Reads movies and persons from TMDb and publishes them as events.')
    .exitOverride()
    .showHelpAfterError('(--help lists commands and options)');

  withIngestOptions(program.command('movies'))
    .description('ingests movies by their TMDb number')
    .argument('<ids...>', 'TMDb numbers, for example 603 550')
    .action((ids, options) => actions.movies(ids, options));

  withIngestOptions(program.command('persons'))
    .description('ingests the details of persons by their TMDb number')
    .argument('<ids...>', 'TMDb numbers, for example 6384 530')
    .action((ids, options) => actions.persons(ids, options));

  withIngestOptions(program.command('popular'))
    .description("ingests the movies of TMDb's list of popular movies, 20 a page")
    .requiredOption('--pages <n>', 'number of pages, 1 to 500', whole(1, 500))
    .action((options) => actions.popular(options));

  addQueueCommands(program, actions);

  program
    .command('migrate')
    .description('creates or updates the schema of the queue')
    .addHelpText(
      'after',
      `
Environment:
  INGEST_DATABASE_URL   the role that reads and writes the queue
  DATABASE_OWNER_URL    the role that owns its schema
  DATABASE_ADMIN_URL    a role that creates the two and the schema first; without it they exist`,
    )
    .action(() => actions.migrate());

  addEmulatorCommand(program, actions.emulator);

  program
    .command('catalogue')
    .description('works on catalogue files')
    .command('check')
    .description('validates a catalogue file and prints its size, or its first error')
    .argument('<file>')
    .action((file) => actions.checkCatalogue(file));

  return program;
}

function withIngestOptions(command: Command): Command {
  return command
    .option('--json', 'print the summary as one JSON object on stdout', false)
    .option('--concurrency <n>', 'maximum number of concurrent requests and sockets, 1 to 200', whole(1, 200), 20)
    .option(
      '--rate <n>',
      'maximum number of requests per second, lowered by a 429; by default 40, and unbounded for TMDB_EMULATOR_URL',
      whole(1, 10_000),
    )
    .option('--retries <n>', 'maximum number of retries of a request, 0 to 20', whole(0, 20), 7)
    .addHelpText('after', ENVIRONMENT);
}
