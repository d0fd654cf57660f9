import { parseArgs } from 'node:util';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { CASES, SHORTEST } from './cases.ts';
import type { LogKind } from './event-logs.ts';
import type { FaultCase } from './fault-case.ts';

export const HELP = `npm run test:faults -- [options]

Kills, stops and cuts off parts of the event pipeline while ingest publishes and a client writes. Then every event that ingest acknowledged and
every mutation that the client saw succeed must have exactly one effect in the subgraphs' tables and on the change topics.

  --only <names>   the cases with these names, separated by commas
  --shortest       the ten shortest cases
  --log <log>      kafka or postgres (default kafka)
  --lanes <number> how many cases run side by side (default 2)
  --seed <number>  the seed of movies and moments (default 1)
  --kills <number> how many kills random-kills makes (default 50)
  --json           print one JSON object for each case on stdout
  --table          print a Markdown table of all cases at the end
  --list           print the cases, and run none
  --help           this

Exit codes: 0 every case kept the promise; 1 one did not, or its fault could not be made; 2 invalid arguments; 3 no broker or no Postgres.
`;

export interface Arguments {
  readonly cases: readonly FaultCase[];
  readonly log: LogKind;
  readonly lanes: number;
  readonly seed: number;
  readonly kills: number;
  readonly format: 'text' | 'json' | 'table';
  readonly action: 'run' | 'list' | 'help';
}

/** @throws MarqueeError `INVALID_USAGE` (exit code 2) */
export function parseArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      shortest: { type: 'boolean', default: false },
      log: { type: 'string', default: 'kafka' },
      lanes: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '50' },
      json: { type: 'boolean', default: false },
      table: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { log, only, shortest, json, table, list, help } = values;
  if (log !== 'kafka' && log !== 'postgres') throw invalid(`--log must be kafka or postgres, got "${log}".`);
  const [lanes, seed, kills] = [Number(values.lanes), Number(values.seed), Number(values.kills)];
  if (![lanes, seed, kills].every(Number.isSafeInteger) || seed < 0 || kills < 1 || lanes < 1) {
    throw invalid('--seed must be a whole number from 0, --kills and --lanes from 1.');
  }
  const names = only?.split(',') ?? (shortest ? SHORTEST.map(({ name }) => name) : undefined);
  const unknown = names?.find((name) => !CASES.some((each) => each.name === name));
  if (unknown !== undefined) throw invalid(`There is no case "${unknown}"; --list prints them.`);
  return {
    ...{ log, lanes, seed, kills },
    cases: CASES.filter((each) => names?.includes(each.name) ?? true),
    format: json ? 'json' : table ? 'table' : 'text',
    action: help ? 'help' : list ? 'list' : 'run',
  };
}

function invalid(message: string): MarqueeError {
  return new MarqueeError('INVALID_USAGE', message, { exitCode: EXIT.usage });
}
