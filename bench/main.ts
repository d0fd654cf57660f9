import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { Command, CommanderError, Option } from 'commander';
import { commandOutput, jsonLines, positive } from './src/command-line.ts';
import { ownDatabase } from './src/database.ts';
import { figuresOf, verdictOf } from './src/figures.ts';
import { addGatewayCommand, addReloadCommand, addSoakCommand } from './src/gateway/command.ts';
import { addIngestCommand } from './src/ingest/command.ts';
import { addLoadingCommand } from './src/loading/command.ts';
import { addPipelineCommand } from './src/pipeline/command.ts';
import { addSearchCommand } from './src/search/command.ts';
import { benchSubgraphs, SUBGRAPHS } from './src/subgraph-bench.ts';
import { addSubscriptionsCommand } from './src/subscriptions/command.ts';
import { header, linesOf, verdictLine } from './src/table.ts';

interface SubgraphOptions {
  readonly database?: string;
  readonly movies: number;
  readonly only?: string;
  readonly connections: number;
  readonly pool: number;
  readonly seconds: number;
  readonly steadySeconds: number;
  readonly json?: true;
}

const WARM_UP_REQUESTS = 500;

const { print, progress } = commandOutput;

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../.marquee/bench');

const program = new Command('npm run bench --')
  .description('Measures the servers of Marquee.')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) });

program
  .command('subgraph')
  .description('Ten queries on each subgraph, compared with bare SQL and PostGraphile 5 over the same rows.')
  .option('--database <url>', 'URL of a filled database, for a superuser; by default a database is created and kept')
  .option('--movies <number>', 'number of movies in the created database', positive, 1_000_000)
  .addOption(new Option('--only <subgraph>', 'measure only this subgraph').choices(SUBGRAPHS))
  .option('--connections <number>', 'number of concurrent requests', positive, 8)
  .option('--pool <number>', 'connections of each server to Postgres', positive, 10)
  .option('--seconds <number>', 'seconds of closed load on each server for each query', positive, 3)
  .option('--steady-seconds <number>', 'seconds of open load on each server, at 50 requests per second', positive, 6)
  .option('--json', 'print one JSON object for each figure: name, value, unit, reference, ratio')
  .action(benchSubgraph);

addSearchCommand(program, commandOutput, folder);
for (const add of [
  addGatewayCommand,
  addReloadCommand,
  addSoakCommand,
  addLoadingCommand,
  addIngestCommand,
  addPipelineCommand,
  addSubscriptionsCommand,
]) {
  add(program, commandOutput);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 || error.code === 'commander.help' ? EXIT.ok : EXIT.usage;
  } else {
    progress('');
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

async function benchSubgraph(options: SubgraphOptions): Promise<void> {
  const subgraphs = options.only === undefined ? SUBGRAPHS : [options.only];
  const own = options.database === undefined;
  const database = own
    ? await ownDatabase({ movies: options.movies, folder, subgraphs: SUBGRAPHS }, progress)
    : undefined;
  try {
    if (!options.json) print(header());
    const comparisons = await benchSubgraphs({
      url: options.database ?? database?.url ?? '',
      subgraphs,
      poolSize: options.pool,
      connections: options.connections,
      seconds: options.seconds,
      warmUpRequests: WARM_UP_REQUESTS,
      steadySeconds: options.steadySeconds,
      onProgress: progress,
      onComparison(comparison) {
        progress('');
        print(options.json ? jsonLines(figuresOf(comparison)) : linesOf(comparison));
      },
    });
    progress('');
    if (options.json) return;
    for (const subgraph of subgraphs) {
      const of = comparisons.filter((comparison) => comparison.subgraph === subgraph);
      print(verdictLine(verdictOf(subgraph, of)));
    }
  } finally {
    await database?.close();
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof MarqueeError) return error.exitCode;
  return (error as { code?: unknown }).code === 'ECONNREFUSED' ? EXIT.unreachable : EXIT.failed;
}
