import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeState, startStack } from '../end-to-end/stack.ts';
import { apiSchema, fuzz } from './fuzz.ts';
import { fuzzHostile } from './hostile-fuzz.ts';
import { memoryOf } from './memory.ts';

/**
 * `npm run test:fuzz -- --count 20000 --seed 7`: as many random operations against everything on this machine, half of them with the
 * development token, or with `--url http://…/graphql --token …` against a gateway that runs already and allows introspection. Prints what
 * breaks a rule, with the seed that makes it again (`--seed N --count 1`), and what the processes hold as it goes on, and exits 1 when
 * a rule was broken. Then `--hostile 1000` requests of hostile size and shape, of which each costs at most 1 s of CPU and leaves at
 * most 10 MiB behind; `--count 0` sends these alone.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    url: { type: 'string' },
    token: { type: 'string' },
    hostile: { type: 'string', default: '1000' },
  },
});
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
  const [count, seed] = [Number(values.count), Number(values.seed)];
  const started = performance.now();
  await look(0);
  const { findings, outcomes } = await fuzz({ url, token, schema, seed, count, every: { requests: 2_500, look } });
  await look(count);
  for (const finding of findings) print(finding);
  print({
    seconds: Math.round((performance.now() - started) / 1_000),
    outcomes: Object.fromEntries(outcomes),
    findings: findings.length,
  });
  const processes = addresses.map(([, address]) => address as string);
  const hostile = await fuzzHostile({ url, processes, schema, seed, count: Number(values.hostile) });
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
