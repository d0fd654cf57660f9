import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { type Arguments, HELP, parseArguments } from './arguments.ts';
import { describeResult, tableOf } from './report.ts';
import { type CaseResult, runFaults } from './run.ts';

/** Ends this process when npm has died, which passes SIGINT and SIGTERM on, but cannot pass on a kill -9. */
function endWithNpm(): void {
  const npm = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  setInterval(() => process.ppid === npm || process.exit(EXIT.failed), 500).unref();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function run({ cases, log, format, ...options }: Arguments): Promise<number> {
  endWithNpm();
  const results = new Map<string, CaseResult>();
  for (const { name, inapplicable } of cases) {
    const reason = inapplicable?.[log];
    if (reason !== undefined)
      print(format === 'json' ? JSON.stringify({ name, log, inapplicable: reason }) : `none    ${name}: ${reason}`);
  }
  const startedAt = performance.now();
  await runFaults({
    ...options,
    log,
    cases: cases.filter(({ inapplicable }) => inapplicable?.[log] === undefined),
    report(result) {
      results.set(result.name, result);
      print(format === 'json' ? JSON.stringify(result) : describeResult(result));
    },
  });
  if (format === 'table') print(`\n${tableOf(cases, log, results)}`);
  const broken = [...results.values()].filter(({ mistakes }) => mistakes.length > 0);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stderr.write(`${results.size - broken.length} of ${results.size} cases kept the promise, in ${seconds} s\n`);
  return broken.length > 0 ? EXIT.failed : EXIT.ok;
}

async function main(): Promise<number> {
  const given = parseArguments(process.argv.slice(2));
  if (given.action === 'run') return run(given);
  if (given.action === 'help') process.stdout.write(HELP);
  else for (const { name, summary } of given.cases) print(`${name.padEnd(28)}${summary}`);
  return EXIT.ok;
}

try {
  process.exit(await main());
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error;
  if (!(error instanceof MarqueeError) && !isUsage) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error instanceof MarqueeError ? error.exitCode : EXIT.usage);
}
