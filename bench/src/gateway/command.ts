import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EXIT } from '@marquee/runtime/errors';
import { type Command, Option } from 'commander';
import { type CommandOutput, jsonLines, positive } from '../command-line.ts';
import { benchGateways } from './gateway-bench.ts';
import { gatewayFiguresOf, verdictsOf } from './gateway-figures.ts';
import { gatewayHeader, gatewayLinesOf, gatewayVerdictLine } from './gateway-table.ts';
import { GATEWAY_QUERIES } from './queries.ts';
import { runReloads } from './reload-run.ts';
import { runSoak, trendOf } from './soak-run.ts';

interface GatewayOptions {
  readonly only?: string;
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly steadySeconds: number;
  readonly json?: true;
}

/** Adds `gateway`, which compares this gateway with Apollo Gateway. */
export function addGatewayCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('gateway')
    .description(
      'Six queries on the gateway, with and without deduplication, compared with Apollo Gateway over the same subgraphs.',
    )
    .addOption(new Option('--only <query>', 'measure this one alone').choices(GATEWAY_QUERIES.map(({ name }) => name)))
    .option('--connections <number>', 'number of concurrent requests', positive, 16)
    .option('--seconds <number>', 'seconds of closed load on each gateway in a round', positive, 4)
    .option('--rounds <number>', 'rounds of all gateways in turn', positive, 3)
    .option('--steady-seconds <number>', 'seconds of open load on each gateway, at a steady rate', positive, 5)
    .option('--json', 'one figure a line, as JSON: name, value, unit, reference, ratio')
    .action(async ({ json, only, ...options }: GatewayOptions) => {
      await inFolder(async (folder) => {
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
      });
    });
}

interface ReloadOptions {
  readonly seconds: number;
  readonly reloads: number;
  readonly restarts: number;
  readonly perSecond: number;
}

/** Adds `gateway-reload`, which counts failed requests while the supergraph changes and subgraphs restart. */
export function addReloadCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('gateway-reload')
    .description(
      'Steady load on the gateway while its supergraph changes and its subgraphs restart; exit 1 when a request fails.',
    )
    .option('--seconds <number>', 'how long', positive, 60)
    .option('--reloads <number>', 'other supergraphs in that time', positive, 10)
    .option('--restarts <number>', 'restarts of the process of all subgraphs', positive, 3)
    .option('--per-second <number>', 'requests a second', positive, 100)
    .action(async (options: ReloadOptions) => {
      const outcome = await inFolder((folder) => runReloads({ ...options, folder, onProgress: progress }));
      progress('');
      const { requests, failed, wrong, partial, reloads } = outcome;
      print(
        `${requests} requests over ${reloads} reloads and ${options.restarts} restarts: ${failed} failed, ${wrong} with errors of the gateway's own, ${partial} partial while subgraphs were unavailable.`,
      );
      if (failed + wrong > 0 || reloads < options.reloads) process.exitCode = EXIT.failed;
    });
}

/** Growth that counts as none, in MiB per minute. */
const STEADY_MIB = 1;

/** Adds `gateway-soak`, which measures the gateway's memory over distinct operations. */
export function addSoakCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('gateway-soak')
    .description(
      `Distinct operations, and the gateway's memory; exit 1 when it grows by more than ${STEADY_MIB} MiB a minute.`,
    )
    .option('--minutes <number>', 'how long', positive, 60)
    .option('--connections <number>', 'number of concurrent requests', positive, 4)
    .action(async (options: { readonly minutes: number; readonly connections: number }) => {
      const { requests, samples } = await inFolder((folder) => runSoak({ ...options, folder, onProgress: progress }));
      progress('');
      for (const { minutes, rssMiB, heapMiB } of samples) {
        print(
          `${minutes.toFixed(1).padStart(6)} min ${rssMiB.toFixed(0).padStart(6)} MiB, heap ${heapMiB.toFixed(0)} MiB`,
        );
      }
      const [rss, heap] = [trendOf(samples, ({ rssMiB }) => rssMiB), trendOf(samples, ({ heapMiB }) => heapMiB)];
      const grows = heap > STEADY_MIB && rss > STEADY_MIB;
      print(
        `${requests} distinct operations; in the last half memory changes by ${rss.toFixed(2)} MiB per minute and the heap by ${heap.toFixed(2)}: ${grows ? 'it GROWS' : 'it does not grow'}.`,
      );
      if (grows) process.exitCode = EXIT.failed;
    });
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
