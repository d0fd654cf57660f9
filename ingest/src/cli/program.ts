import { Command } from 'commander';
import { share, whole } from './values.ts';

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

export interface EmulatorOptions {
  readonly catalogue?: string;
  readonly port?: number;
  readonly rate?: number;
  readonly retryAfter?: number;
  readonly failRate: number;
  readonly resetRate: number;
  readonly latency: number;
}

/** Implementations of the commands. */
export interface Actions {
  movies(ids: readonly string[], options: IngestOptions): Promise<void>;
  popular(options: PopularOptions): Promise<void>;
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
  LOG_LEVEL          level of the log on stderr; warn by default

Exit codes: 0 success; 1 some parts failed, see the summary; 2 invalid arguments or configuration;
3 TMDb or the event log could not be reached, or TMDb refused the token.`;

/** Creates the command line. Parsing rejects with a CommanderError instead of ending the process. */
export function createProgram(actions: Actions): Command {
  const program = new Command('ingest')
    .description('Reads movies from TMDb and publishes them as events.')
    .exitOverride()
    .showHelpAfterError('(--help lists commands and options)');

  withIngestOptions(program.command('movies'))
    .description('ingests movies by their TMDb number')
    .argument('<ids...>', 'TMDb numbers, for example 603 550')
    .action((ids, options) => actions.movies(ids, options));

  withIngestOptions(program.command('popular'))
    .description("ingests the movies of TMDb's list of popular movies, 20 a page")
    .requiredOption('--pages <n>', 'number of pages, 1 to 500', whole(1, 500))
    .action((options) => actions.popular(options));

  program
    .command('emulator')
    .description("serves the movies of a catalogue file with TMDb's API, below /3")
    .option('--catalogue <file>', 'the catalogue; by default the sample of the project')
    .option('--port <n>', 'the port; by default EMULATOR_PORT, or else 4010', whole(0, 65_535))
    .option('--rate <n>', 'requests per second, above which it returns 429', whole(1, 1_000_000))
    .option('--retry-after <seconds>', 'the Retry-After of a 429; by default none', whole(0, 3600))
    .option('--fail-rate <share>', 'share of requests with the response 500, 0 to 1', share, 0)
    .option('--reset-rate <share>', 'share of requests whose connection is reset, 0 to 1', share, 0)
    .option('--latency <ms>', 'milliseconds before each response', whole(0, 600_000), 0)
    .addHelpText(
      'after',
      '\nEnvironment:\n  EMULATOR_PORT, HOST  port and address\n  EMULATOR_TOKEN       token that requests must have, as a Bearer token or as api_key',
    )
    .action((options) => actions.emulator(options));

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
