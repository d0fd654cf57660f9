import { parseArgs } from 'node:util';
import { removeState, startStack } from '../end-to-end/stack.ts';
import { apiSchema, fuzz } from './fuzz.ts';
import { residentBytes } from './memory.ts';

/**
 * `npm run test:fuzz -- --count 20000 --seed 7`: as many random operations against everything on this machine, or with
 * `--url http://…/graphql` against a gateway that runs already and allows introspection. Prints what breaks a rule, with the seed
 * that makes it again (`--seed N --count 1`), and exits 1 when anything did.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    url: { type: 'string' },
  },
});
const stack = values.url === undefined ? await startStack({ env: { KAFKA_BROKERS: '' } }) : undefined;
try {
  const url = stack?.addresses.graphql ?? (values.url as string);
  const schema = await apiSchema(url);
  const before = await residentBytes(url);
  const started = performance.now();
  const { findings, outcomes } = await fuzz(url, schema, Number(values.seed), Number(values.count));
  const result = {
    seconds: Math.round((performance.now() - started) / 1_000),
    gatewayMiB: [before, await residentBytes(url)].map((bytes) => Math.round(bytes / 2 ** 20)),
    outcomes: Object.fromEntries(outcomes),
    findings: findings.length,
  };
  for (const finding of findings) process.stdout.write(`${JSON.stringify(finding)}\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} finally {
  if (stack !== undefined) {
    await stack.stop();
    await removeState(stack);
  }
}
