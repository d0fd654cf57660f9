import { type Command, InvalidArgumentError, Option } from 'commander';
import { decimal, whole } from './values.ts';

/** Options of the commands that work on the queue. */
export interface QueueOptions {
  readonly concurrency: number;
  readonly rate?: number;
  readonly retries: number;
}

/** Options of the commands that work on the queue until it is empty. */
export interface WorkOptions extends QueueOptions {
  readonly json: boolean;
  readonly force: boolean;
  readonly confirmAfter: number;
}

/** The movies of an export that are wanted. */
export interface CensusChoice {
  readonly minPopularity: number;
  readonly limit?: number;
}

export interface BackfillOptions extends WorkOptions, CensusChoice {
  readonly export?: string;
  readonly date?: Date;
}

export interface ChangesOptions extends WorkOptions {
  readonly since?: Date;
}

export interface SyncOptions extends QueueOptions, CensusChoice {
  readonly force: boolean;
  readonly confirmAfter: number;
  readonly interval: number;
}

export interface RetryOptions {
  readonly kind?: 'movie' | 'person';
  readonly code?: string;
  readonly json: boolean;
}

/** Implementations of the commands. */
export interface QueueActions {
  backfill(options: BackfillOptions): Promise<void>;
  changes(options: ChangesOptions): Promise<void>;
  sync(options: SyncOptions): Promise<void>;
  status(options: { readonly json: boolean }): Promise<void>;
  retryFailed(options: RetryOptions): Promise<void>;
}

const ENVIRONMENT = `
Environment:
  INGEST_DATABASE_URL  the queue, whose schema \`ingest migrate\` creates
  TMDB_EXPORT_URL      folder of the id exports; by default that of TMDb, or /p/exports of another server
  TMDB_TOKEN, TMDB_BASE_URL, TMDB_EMULATOR_URL, KAFKA_BROKERS, EVENT_LOG_URL, LOG_LEVEL  as for \`ingest movies\`

Exit codes: 0 success; 1 some movies failed or the run was stopped, see \`ingest status\`; 2 invalid arguments, configuration or
export, and nothing was done; 3 TMDb, the database or the event log could not be reached, or TMDb refused the token.`;

/** Adds the commands that work on the queue. */
export function addQueueCommands(program: Command, actions: QueueActions): void {
  withCensusChoice(withWorkOptions(program.command('backfill')))
    .description(
      'ingests the movies of a daily id export of TMDb, the most popular first; continues where a previous run ended',
    )
    .option('--export <file>', 'an export file, with or without gzip, instead of a download')
    .option('--date <day>', 'the day of the export, YYYY-MM-DD; by default the latest one', day)
    .action((options) => actions.backfill(options));

  withWorkOptions(program.command('changes'))
    .description('ingests what TMDb lists as changed since the last run')
    .option('--since <day>', 'the first day, YYYY-MM-DD; by default that of the last run, or yesterday', day)
    .action((options) => actions.changes(options));

  withCensusChoice(withQueueOptions(program.command('sync')))
    .description('keeps movies and persons fresh until SIGTERM: id exports, changes, deletes and refreshes')
    .option('--interval <seconds>', 'time between two readings of the changes', whole(1, 86_400), 300)
    .addHelpText('after', '\nIt serves /healthz, /readyz and /metrics at HOST and PORT (4020).')
    .action((options) => actions.sync(options));

  program
    .command('status')
    .description('prints the state of the queue: counts, oldest refresh, rate, replicas and failures')
    .option('--json', 'print one JSON object on stdout', false)
    .addHelpText('after', '\nEnvironment:\n  INGEST_DATABASE_URL  the queue')
    .action((options) => actions.status(options));

  program
    .command('retry-failed')
    .description('queues failed movies and persons again; `backfill` or `sync` requests them')
    .addOption(new Option('--kind <kind>', 'only movies or persons').choices(['movie', 'person']))
    .option('--code <code>', 'only failures with this code, such as TMDB_REFUSED')
    .option('--json', 'print one JSON object on stdout', false)
    .addHelpText('after', '\nEnvironment:\n  INGEST_DATABASE_URL  the queue')
    .action((options) => actions.retryFailed(options));
}

function withQueueOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--concurrency <n>', 'maximum number of concurrent requests of all replicas together, 1 to 200')
        .argParser(whole(1, 200))
        .default(20)
        .env('TMDB_CONCURRENCY'),
    )
    .addOption(
      new Option(
        '--rate <n>',
        'maximum number of requests per second of all replicas together; by default 40, and unbounded for TMDB_EMULATOR_URL',
      )
        .argParser(whole(1, 10_000))
        .env('TMDB_RATE'),
    )
    .option('--retries <n>', 'maximum number of immediate retries of a request, 0 to 20', whole(0, 20), 3)
    .option('--force', 'publish unchanged content too', false)
    .option('--confirm-after <seconds>', 'time between the two 404s that delete a movie', whole(0, 86_400), 300)
    .addHelpText('after', ENVIRONMENT);
}

function withWorkOptions(command: Command): Command {
  return withQueueOptions(command).option('--json', 'print the summary as one JSON object on stdout', false);
}

function withCensusChoice(command: Command): Command {
  return command
    .option('--min-popularity <n>', 'only movies with at least this popularity', decimal, 0)
    .option('--limit <n>', 'only so many movies, the most popular ones', whole(1, 100_000_000));
}

/** Parses a day. */
function day(value: string): Date {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a day, such as 2026-01-31.');
  return new Date(time);
}
