import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeState, startStack } from '../end-to-end/stack.ts';
import { apiSchema, fuzz } from './fuzz.ts';
import { fuzzHostile } from './hostile-fuzz.ts';
import { memoryOf } from './memory.ts';

const HELP = `npm run test:fuzz -- [options]

Sends random operations, then requests of hostile size and shape, to a stack of its own or to a gateway that allows introspection. Prints
the requests whose answers break a rule, shrunk by fast-check, and the memory of the processes; exits with 1 when there are any. A hostile
request may cost 1 s of CPU and leave 10 MiB behind.

  --count <number>    operations (default 20000); 0 sends the hostile requests alone
  --hostile <number>  hostile requests (default 1000)
  --seed <number>     the seed of all requests (default 1)
  --path <path>       the path of a finding: with the seed of the finding it sends that request alone,
                      an operation, or with --count 0 a hostile request
  --url <address>     a gateway that runs already
  --token <token>     a token for half of the operations; the stack of its own has one
  --help              this
`;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    url: { type: 'string' },
    token: { type: 'string' },
    hostile: { type: 'string', default: '1000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}
const stack = values.url === undefined ? await startStack({ env: { KAFKA_BROKERS: '' } }) : undefined;
try {
  const url = stack?.addresses.graphql ?? (values.url as string);
  const token =
    stack === undefined ? values.token : (await readFile(path.join(stack.stateDir, 'token'), 'utf8')).trim();
  const schema = await apiSchema(url);
  const addresses = Object.entries({ gateway: url, ...stack?.addresses.subgraphs });
  const look = async (sent: number) => {
    const memory = await Promise.all(addresses.map(async ([name, at]) => [name, await memoryOf(at)]));
    print({ sent, ...Object.fromEntries(memory) });
  };
  const { path: way } = values;
  const [count, seed] = [Number(values.count), Number(values.seed)];
  const hostileCount = way !== undefined && count > 0 ? 0 : Number(values.hostile);
  const started = performance.now();
  await look(0);
  const every = { requests: 2_500, look };
  const { findings, outcomes } = await fuzz({ url, token, schema, seed, count, path: way, every });
  await look(count);
  for (const finding of findings) print(finding);
  print({
    seconds: Math.round((performance.now() - started) / 1_000),
    outcomes: Object.fromEntries(outcomes),
    findings: findings.length,
  });
  const processes = addresses.map(([, address]) => address as string);
  const hostile = await fuzzHostile({ url, processes, schema, seed, count: hostileCount, path: way });
  print(hostile);
  process.exitCode = findings.length + hostile.findings.length === 0 ? 0 : 1;
} finally {
  if (stack !== undefined) {
    await stack.stop();
    await removeState(stack);
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
