import { loadConfig, postgresUrl } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { runProcess } from '@marquee/runtime/process';
import { z } from 'zod';
import { prepareEventLog, SCHEMA } from './postgres/prepare.ts';

const USAGE = `Usage: node packages/event-log/src/main.ts migrate

Prepares the Postgres event log: schema ${SCHEMA}, its tables, and what the runtime role may do. Safe to repeat.

Environment:
  EVENT_LOG_URL        connection string of the runtime role
  EVENT_LOG_OWNER_URL  connection string of the role that owns the schema
  DATABASE_ADMIN_URL   optional: connection string of a role that may create roles and schemas; creates both first
`;

const configuration = z.object({
  EVENT_LOG_URL: postgresUrl(),
  EVENT_LOG_OWNER_URL: postgresUrl(),
  DATABASE_ADMIN_URL: postgresUrl().optional(),
});

await runProcess('event-log', async ({ logger }) => {
  const args = process.argv.slice(2);
  if (args.length === 1 && (args[0] === '--help' || args[0] === '-h')) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.length !== 1 || args[0] !== 'migrate') {
    throw new MarqueeError('INVALID_USAGE', `Expected "migrate", got "${args.join(' ')}".\n\n${USAGE}`, {
      exitCode: EXIT.usage,
    });
  }
  const config = loadConfig(configuration);
  const applied = await prepareEventLog(
    {
      adminUrl: config.DATABASE_ADMIN_URL,
      ownerUrl: config.EVENT_LOG_OWNER_URL,
      runtimeUrl: config.EVENT_LOG_URL,
    },
    logger,
  );
  logger.info({ applied }, applied.length > 0 ? 'the event log is ready' : 'the event log was ready');
});
