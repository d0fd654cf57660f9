import { parseArgs } from 'node:util';
import { loadConfig, postgresUrl } from '@marquee/runtime/config';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { type ProcessContext, runProcess } from '@marquee/runtime/process';
import { z } from 'zod';
import { runAclsCommand } from './acls-command.ts';
import { prepareEventLog } from './postgres/prepare.ts';
import { SCHEMA } from './postgres/schema.ts';
import { runTopicsCommand } from './topics-command.ts';

const USAGE = `Usage: node packages/event-log/src/main.ts COMMAND

  migrate               prepares the Postgres event log: schema ${SCHEMA}, its tables, and what the runtime role may do; safe to repeat
  topics plan [--json]  compares Kafka's topics with their definitions: partitions, replication and settings
  topics apply [--json] creates topics and changes settings where that loses nothing, and leaves the rest to an operator
  acls plan [--json]    compares the ACLs of the services' users with the access that each service needs
  acls apply [--json]   creates missing ACLs, and leaves those that no service needs to an operator

--json prints one array of changes: { topic, property, from, to, action, note? } with the action create, set, refuse or keep, or
{ principal, type, name, patternType, operation, action } with the action create or refuse.

Environment of migrate:
  EVENT_LOG_URL        connection string of the runtime role
  EVENT_LOG_OWNER_URL  connection string of the role that owns the schema
  DATABASE_ADMIN_URL   optional: connection string of a role that may create roles and schemas; creates both first

Environment of topics and acls:
  KAFKA_BROKERS              host:port, separated by commas; docs/running.md has the settings for TLS and SASL
  KAFKA_TOPIC_PREFIX         prefix of every topic
  KAFKA_REPLICATION          replication factor (1)
  KAFKA_MIN_INSYNC_REPLICAS  min.insync.replicas; without it, what the brokers have is accepted
  KAFKA_DELETE_RETENTION_MS  delete.retention.ms; likewise
  KAFKA_USER_PREFIX          prefix of the services' users (kafka-)

Exit codes: 0 done, or no difference; 1 apply left changes to an operator; 2 invalid arguments or configuration;
3 the database or Kafka does not answer; 4 plan found differences.
`;

const configuration = z.object({
  EVENT_LOG_URL: postgresUrl(),
  EVENT_LOG_OWNER_URL: postgresUrl(),
  DATABASE_ADMIN_URL: postgresUrl().optional(),
});

await runProcess('event-log', async (ctx) => {
  const { command, json, help } = readArguments(process.argv.slice(2));
  if (help) process.stdout.write(USAGE);
  else if (command === 'migrate') await migrate(ctx);
  else {
    const runCommand = command.startsWith('topics') ? runTopicsCommand : runAclsCommand;
    await runCommand({ apply: command.endsWith('apply'), json }, ctx);
  }
});

async function migrate({ logger }: ProcessContext): Promise<void> {
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
}

function readArguments(args: string[]) {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
    const command = positionals.join(' ');
    const isAdministration = /^(topics|acls) (plan|apply)$/.test(command);
    if (!values.help && command !== 'migrate' && !isAdministration) {
      throw new Error(`There is no command "${command}".`);
    }
    if (values.json && !isAdministration) throw new Error('--json belongs to topics and acls.');
    return { command, ...values };
  } catch (error) {
    throw new MarqueeError('INVALID_USAGE', `${messageOf(error)}\n\n${USAGE}`, { exitCode: EXIT.usage });
  }
}
