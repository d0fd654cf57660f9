import { parseArgs } from 'node:util';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { CASES } from './cases.ts';
import type { LogKind } from './event-logs.ts';
import type { FaultCase } from './fault-case.ts';
import { type CaseResult, runFaults } from './run.ts';

const HELP = `npm run test:faults -- [options]

Kills, stops and cuts off parts of the event pipeline while ingest publishes and a client writes. Then every event that ingest acknowledged and
every mutation that the client saw succeed must have exactly one effect in the subgraphs' tables and on the change topics.

  --only <names>   the cases with these names, separated by commas
  --log <log>      kafka or postgres (default kafka); cases that do not apply to it are skipped
  --seed <number>  the seed of movies and moments (default 1)
  --kills <number> how many kills random-kills makes (default 50)
  --json           print one JSON object for each case on stdout
  --list           print the cases, and run none
  --help           this

Exit codes: 0 every case kept the promise; 1 one did not, or its fault could not be made; 2 invalid arguments; 3 no broker or no Postgres.
`;

interface Arguments {
  readonly cases: readonly FaultCase[];
  readonly log: LogKind;
  readonly seed: number;
  readonly kills: number;
  readonly json: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

/** @throws MarqueeError `INVALID_USAGE` (exit code 2) */
function parse(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      log: { type: 'string', default: 'kafka' },
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '50' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { log, json, list, help } = values;
  if (log !== 'kafka' && log !== 'postgres') throw invalid(`--log must be kafka or postgres, got "${log}".`);
  const [seed, kills] = [Number(values.seed), Number(values.kills)];
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(kills) || seed < 0 || kills < 1) {
    throw invalid('--seed must be a whole number from 0, --kills from 1.');
  }
  const names = values.only?.split(',');
  const unknown = names?.find((name) => !CASES.some((each) => each.name === name));
  if (unknown !== undefined) throw invalid(`There is no case "${unknown}"; --list prints them.`);
  const cases = CASES.filter(
    (each) => (names?.includes(each.name) ?? true) && (each.logs === undefined || each.logs.includes(log)),
  );
  return { cases, log, seed, kills, json, list, help };
}

function invalid(message: string): MarqueeError {
  return new MarqueeError('INVALID_USAGE', message, { exitCode: EXIT.usage });
}

function describe(result: CaseResult): string {
  const { name, seconds, acknowledged, stored, announced, repeated, failedCalls, facts, mistakes } = result;
  const counts = `${acknowledged} acknowledged, ${stored} stored, ${announced} announced (${repeated} repeated)`;
  const more = Object.entries({ ...facts, ...(failedCalls > 0 && { 'failed calls': failedCalls }) });
  return [
    `${mistakes.length === 0 ? 'kept' : 'BROKEN'}  ${name}: ${counts}, ${seconds} s`,
    ...more.map(([fact, value]) => `        ${fact}: ${value}`),
    ...mistakes.slice(0, 20).map((mistake) => `        ${mistake}`),
    ...(mistakes.length > 20 ? [`        and ${mistakes.length - 20} more`] : []),
  ].join('\n');
}

/** Ends this process when npm has died, which passes SIGINT and SIGTERM on, but cannot pass on a kill -9. */
function endWithNpm(): void {
  const npm = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  setInterval(() => process.ppid === npm || process.exit(EXIT.failed), 500).unref();
}

async function main(): Promise<number> {
  const { cases, json, list, help, ...options } = parse(process.argv.slice(2));
  if (help) process.stdout.write(HELP);
  else if (list) for (const { name, summary } of cases) process.stdout.write(`${name.padEnd(28)}${summary}\n`);
  if (help || list) return EXIT.ok;
  endWithNpm();
  let broken = 0;
  await runFaults({
    ...options,
    cases,
    report(result) {
      if (result.mistakes.length > 0) broken += 1;
      process.stdout.write(`${json ? JSON.stringify(result) : describe(result)}\n`);
    },
  });
  return broken > 0 ? EXIT.failed : EXIT.ok;
}

try {
  process.exit(await main());
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error;
  if (!(error instanceof MarqueeError) && !isUsage) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error instanceof MarqueeError ? error.exitCode : EXIT.usage);
}
