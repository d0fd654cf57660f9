import { type Command, Option } from 'commander';
import { type LatencyOption, latency, seed, share, whole } from './values.ts';

export interface EmulatorOptions {
  readonly catalogue?: string;
  readonly synthetic?: number;
  readonly seed: number;
  readonly port?: number;
  readonly admin: boolean;
  readonly maxAge: number;
  readonly rate?: number;
  readonly retryAfter?: number;
  readonly retryAfterShare: number;
  readonly maxConnections?: number;
  readonly latency: LatencyOption;
  readonly staleSeconds: number;
  readonly failRate: number;
  readonly resetRate: number;
  readonly hangRate: number;
  readonly truncateRate: number;
  readonly invalidRate: number;
  readonly htmlRate: number;
  readonly driftRate: number;
  readonly poisonRate: number;
}

/** Adds the command that serves TMDb's API. */
export function addEmulatorCommand(program: Command, action: (options: EmulatorOptions) => Promise<void>): void {
  const command = program
    .command('emulator')
    .description("serves the movies of a catalogue with TMDb's API below /3, and TMDb's id exports")
    .option('--catalogue <file>', 'the catalogue; by default the sample of the project')
    .option('--synthetic <n>', 'number of synthetic movies, instead of a catalogue', whole(1, 5_000_000))
    .option('--seed <n>', 'seed of the synthetic movies and of the faults', seed, 1)
    .option('--port <n>', 'the port; by default EMULATOR_PORT, or else 4010', whole(0, 65_535))
    .option('--admin', 'serve routes below /emulator that change movies and faults', false)
    .option('--max-age <seconds>', 'the max-age in Cache-Control', whole(0, 31_536_000), 3600)
    .option('--rate <n>', "an address's requests per second, above which it returns 429", whole(1, 1_000_000))
    .option('--retry-after <seconds>', 'the Retry-After of a 429; by default none', whole(0, 3600))
    .option('--retry-after-share <share>', 'share of the 429s with Retry-After, 0 to 1', share, 1)
    .option('--max-connections <n>', "an address's connections, above which it resets them", whole(1, 100_000))
    .addOption(
      new Option(
        '--latency <ms>',
        'time before each response: 50, or uniform 40..400, or log-normal 80/900 (median/99th percentile)',
      )
        .argParser(latency)
        .default({ min: 0, max: 0 }, '0'),
    );
  command.option(
    '--stale-seconds <seconds>',
    'most seconds after a change for which a URL returns the previous content, as from a cache',
    whole(0, 604_800),
    0,
  );
  for (const [name, effect] of Object.entries(SHARES)) {
    command.option(`--${name} <share>`, `share of ${effect}, 0 to 1`, share, 0);
  }
  command
    .addHelpText(
      'after',
      '\nEnvironment:\n  EMULATOR_PORT, HOST  port and address\n  EMULATOR_TOKEN       token that requests must have, as a Bearer token or as api_key',
    )
    .action(action);
}

const SHARES = {
  'fail-rate': 'requests with the response 500',
  'reset-rate': 'requests whose connection is reset',
  'hang-rate': 'requests that are never answered',
  'truncate-rate': 'responses whose JSON ends early',
  'invalid-rate': 'responses that are not JSON',
  'html-rate': 'requests answered with an HTML page and status 200',
  'drift-rate': 'responses with new, missing and odd fields',
  'poison-rate': 'movies and persons whose requests all fail with 500',
};
