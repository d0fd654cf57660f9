import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { testBroker } from '@marquee/local-services/kafka';
import { throwAwayServer } from '@marquee/local-services/test-database';
import { MarqueeError } from '@marquee/runtime/errors';

/**
 * `npm test`: one real Kafka broker and one real Postgres for the tests of all workspaces, which turbo then runs. Arguments go to turbo
 * (`npm test -- --filter=@marquee/people --force`). Without a broker or a Postgres nothing is skipped: it fails and says how to provide one.
 */
async function main(): Promise<number> {
  const [{ brokers }, databaseUrl] = await Promise.all([testBroker(), throwAwayServer()]);
  const turbo = [
    'run',
    'test',
    '--continue',
    '--concurrency=2',
    '--log-order=grouped',
    '--log-prefix=none',
    ...process.argv.slice(2),
  ];
  const child = spawn('turbo', turbo, {
    stdio: 'inherit',
    env: {
      ...process.env,
      KAFKA_BROKERS: brokers.join(','),
      TEST_DATABASE_URL: databaseUrl,
      TURBO_TELEMETRY_DISABLED: '1',
    },
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

try {
  process.exit(await main());
} catch (error) {
  if (!(error instanceof MarqueeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
}
