import path from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { positive } from '../command-line.ts';
import { readDocuments } from './documents.ts';
import { LiveTable, loadTable } from './load-table.ts';
import type { LoadTally } from './load-tally.ts';
import { PROFILES } from './profiles.ts';
import { runClientLoad } from './run-client-load.ts';
import { createEndpoint, parseEndpoint } from './send-operation.ts';

interface Options {
  readonly profile: string;
  readonly rate: number;
  readonly url: string;
  readonly remote?: true;
  readonly duration?: number;
  readonly documents?: string;
  readonly skew: number;
  readonly maxInFlight: number;
  readonly timeout: number;
  readonly seed: number;
  readonly json?: true;
}

/** The operations of the movie site. */
const DOCUMENTS = path.resolve(import.meta.dirname, '../../../web/src/generated/persisted-documents.json');
const LIVE_MS = 1_000;

const program = new Command('npm run load --')
  .description('Sends the operations of a profile to the gateway at a constant rate, with real ids by Zipf’s law.')
  .addOption(
    new Option('--profile <name>', 'operations and their shares').choices(Object.keys(PROFILES)).default('site'),
  )
  .option('--rate <number>', 'requests per second, whether or not earlier ones have a response', aboveZero, 50)
  .option('--duration <seconds>', 'seconds of load; without it until Ctrl-C', aboveZero)
  .option('--url <address>', 'GraphQL endpoint', 'http://127.0.0.1:4000/graphql')
  .option('--remote', 'permit an endpoint on another machine')
  .option(
    '--documents <file>',
    'operations instead of those of the site: a manifest of persisted documents, or GraphQL',
  )
  .option('--skew <number>', "exponent of Zipf's law: 0 requests all ids equally often", notNegative, 1)
  .option('--max-in-flight <number>', 'requests in progress; more are counted and not sent', positive, 1_000)
  .option('--timeout <ms>', 'timeout of a request', positive, 30_000)
  .option('--seed <number>', 'seed of the random choices', positive, 1)
  .option('--json', 'print the summary as one JSON object')
  .addHelpText(
    'after',
    `
A terminal shows a table that is updated each second. Ctrl-C ends the load, and the summary is printed.

Exit codes: ${EXIT.ok} all requests succeeded; ${EXIT.failed} requests failed, had errors or were not sent;
${EXIT.usage} the arguments or the documents are invalid; ${EXIT.unreachable} the API could not be read at the start.`,
  )
  .allowExcessArguments(false)
  .exitOverride()
  .action(load);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = error instanceof MarqueeError ? error.exitCode : EXIT.failed;
  }
}

async function load(options: Options): Promise<void> {
  const {
    profile,
    rate,
    duration = Number.POSITIVE_INFINITY,
    documents = DOCUMENTS,
    skew,
    maxInFlight,
    timeout,
    seed,
  } = options;
  const endpoint = createEndpoint({ url: parseEndpoint(options.url, options.remote === true), timeoutMs: timeout });
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  let endLive = () => {};
  try {
    const tally = await runClientLoad({
      profile,
      documents: await readDocuments(documents),
      send: endpoint.send,
      perSecond: rate,
      seconds: duration,
      skew,
      maxInFlight,
      seed,
      signal: interruption.signal,
      onStart(started) {
        if (process.stderr.isTTY) endLive = showLive(started);
      },
    });
    endLive();
    const figures = tally.figures();
    const { requests, failed, notSent } = figures;
    const summary = { profile, url: options.url, perSecond: rate, ...figures };
    process.stdout.write(`${options.json ? JSON.stringify(summary) : loadTable(figures, figures.rate)}\n`);
    if (failed + notSent > 0 || requests === 0) process.exitCode = EXIT.failed;
  } finally {
    endLive();
    await endpoint.close();
  }
}

/** Shows the figures on the terminal, and updates them each second until the returned function is called. */
function showLive(tally: LoadTally): () => void {
  const table = new LiveTable((text) => void process.stderr.write(text));
  const timer = setInterval(() => table.show(loadTable(tally.figures(), tally.recentRate())), LIVE_MS);
  return () => {
    clearInterval(timer);
    table.clear();
  };
}

function aboveZero(text: string): number {
  const number = notNegative(text);
  if (number === 0) throw new InvalidArgumentError('It must be above 0.');
  return number;
}

function notNegative(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0) {
    throw new InvalidArgumentError('It must be a number that is not negative.');
  }
  return number;
}
