import { parseArgs } from 'node:util';
import { EXIT } from '@marquee/runtime/errors';
import { compareGateways, type Findings } from './run.ts';

const HELP = `npm run test:differential -- [options]

Compares the gateway's execution with graphql-js and with Apollo Gateway on random operations over supergraphs of its own, with
subgraphs that are correct, slow, faulty, incomplete, unreachable or corrupt, or whose HTTP responses are interrupted. Shrinks operations
with an unexplained difference, and exits with 1 when there are any.

  --operations <number>  how many (default 100000)
  --seed <number>        the seed of all operations (default 1)
  --path <path>          the path of a difference: with its seed, checks that operation alone
  --json                 one difference a line, and the result, as JSON
  --help                 this
`;

function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      operations: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [operations, seed] = [Number(values.operations), Number(values.seed)];
  if (!Number.isSafeInteger(operations) || operations < 1)
    throw new TypeError('--operations must be a whole number from 1');
  if (!Number.isSafeInteger(seed) || seed < 0) throw new TypeError('--seed must be a whole number from 0');
  return { ...values, operations, seed };
}

function textOf({
  graph,
  seed,
  path,
  behaviour,
  what,
  query,
  variables,
  detail,
}: Findings['unexplained'][number]): string {
  return `${what} (${graph}, ${behaviour}, --seed ${seed} --path ${path})\n${query}\n${JSON.stringify(variables)}\n${detail}\n\n`;
}

function summaryOf({ operations, byGraph, byBehaviour, explained, unexplained }: Findings): string {
  const counts = [byGraph, byBehaviour].map(
    (by) =>
      `  ${Object.entries(by)
        .map((one) => one.join(' '))
        .join(', ')}\n`,
  );
  const causes = Object.entries(explained).map(([name, count]) => `  ${count} × ${name}\n`);
  return `${operations} operations, ${unexplained.length} differences without an explanation:\n${counts.join('')}explained:\n${causes.join('')}`;
}

try {
  const { operations, seed, path, json, help } = optionsOf(process.argv.slice(2));
  if (help) process.stdout.write(HELP);
  else {
    const findings = await compareGateways({ seed, operations, path });
    const { unexplained, ...result } = findings;
    for (const difference of unexplained) {
      process.stdout.write(json ? `${JSON.stringify(difference)}\n` : textOf(difference));
    }
    process.stdout.write(
      json ? `${JSON.stringify({ ...result, unexplained: unexplained.length })}\n` : summaryOf(findings),
    );
    process.exitCode = unexplained.length === 0 ? EXIT.ok : EXIT.failed;
  }
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}; --help lists the options.\n`);
  process.exitCode = EXIT.usage;
}
