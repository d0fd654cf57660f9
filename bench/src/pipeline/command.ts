import { EXIT } from '@marquee/runtime/errors';
import { type Command, Option } from 'commander';
import { type CommandOutput, jsonLines, positive } from '../command-line.ts';
import { SUBGRAPHS, type SubgraphName } from './measured-subgraphs.ts';
import { benchPipeline } from './pipeline-bench.ts';
import { brokenPromises, pipelineFiguresOf, pipelineTable } from './pipeline-figures.ts';

interface Options {
  readonly log: 'kafka' | 'postgres';
  readonly only?: SubgraphName;
  readonly events: number;
  readonly visibleSeconds: number;
  readonly drained: number;
  readonly memory: boolean;
  readonly json?: true;
}

const RATES = [200, 2_000];

/** Adds `pipeline`, which compares the consumers of the subgraphs with COPY and with a row at a time. */
export function addPipelineCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('pipeline')
    .description(
      'From the event log to the tables: each subgraph’s consumer beside COPY and a row-at-a-time upsert of the same rows, the time from publication to visibility, and memory; exit 1 when a promise is not kept.',
    )
    .addOption(new Option('--log <kind>', 'the event log').choices(['kafka', 'postgres']).default('kafka'))
    .addOption(new Option('--only <subgraph>', 'measure only this subgraph').choices(SUBGRAPHS))
    .option('--events <number>', 'events that are applied as fast as possible', positive, 10_000)
    .option('--visible-seconds <number>', 'seconds at 200 and at 2,000 events per second', positive, 10)
    .option('--drained <number>', 'events that a consumer drains while its memory is measured', positive, 1_000_000)
    .option('--no-memory', 'skip the memory')
    .option('--json', 'one figure a line, as JSON: name, value, unit, reference, ratio')
    .action(async ({ log, only, events, visibleSeconds, drained, memory, json }: Options) => {
      await benchPipeline({
        log,
        subgraphs: only === undefined ? SUBGRAPHS : [only],
        events,
        rates: RATES,
        visibleSeconds,
        drainedEvents: memory ? drained : 0,
        onProgress: progress,
        onMeasured(measured) {
          progress('');
          print(json ? jsonLines(pipelineFiguresOf(measured)) : pipelineTable(measured));
          const broken = brokenPromises(measured);
          for (const promise of broken) process.stderr.write(`NOT KEPT: ${promise}.\n`);
          if (broken.length > 0) process.exitCode = EXIT.failed;
        },
      });
    });
}
