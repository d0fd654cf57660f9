import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { type CommandOutput, jsonLines, positive } from '../command-line.ts';
import { benchGateways } from './gateway-bench.ts';
import { gatewayFiguresOf, verdictsOf } from './gateway-figures.ts';
import { gatewayHeader, gatewayLinesOf, gatewayVerdictLine } from './gateway-table.ts';
import { GATEWAY_QUERIES } from './queries.ts';

interface GatewayOptions {
  readonly only?: string;
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly steadySeconds: number;
  readonly json?: true;
}

/** `gateway`: ours beside Apollo Gateway. */
export function addGatewayCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('gateway')
    .description(
      'Six queries on the gateway, with and without deduplication, beside Apollo Gateway over the same subgraphs.',
    )
    .addOption(new Option('--only <query>', 'measure this one alone').choices(GATEWAY_QUERIES.map(({ name }) => name)))
    .option('--connections <number>', 'requests that are under way at a time', positive, 16)
    .option('--seconds <number>', 'how long each gateway is measured in a round, as fast as it goes', positive, 4)
    .option('--rounds <number>', 'rounds of all gateways in turn', positive, 3)
    .option('--steady-seconds <number>', 'how long each is asked at a steady rate', positive, 5)
    .option('--json', 'one figure a line, as JSON: name, value, unit, reference, ratio')
    .action(async ({ json, only, ...options }: GatewayOptions) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
      try {
        if (!json) print(gatewayHeader());
        const comparisons = await benchGateways({
          ...options,
          folder,
          queries: GATEWAY_QUERIES.filter(({ name }) => only === undefined || name === only),
          onProgress: progress,
          onComparison(comparison) {
            progress('');
            print(json ? jsonLines(gatewayFiguresOf(comparison)) : `${gatewayLinesOf(comparison)}\n`);
          },
        });
        progress('');
        if (!json) print(comparisons.flatMap(verdictsOf).map(gatewayVerdictLine).join('\n'));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
}
