import { createEventLog, eventLogFields } from '@marquee/event-log/configuration';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { loadConfig } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { createContext } from '@marquee/runtime/process';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import type { DeadLetter } from './dead-letter.ts';
import { type DeadLetterSource, discardDeadLetters, listDeadLetters, replayDeadLetters } from './dead-letters.ts';

interface Options {
  readonly subgraph: string;
  readonly json?: boolean;
}

const ENVIRONMENT = `
Environment:
  KAFKA_BROKERS   host:port, separated by commas; see the configuration of the event log for TLS and SASL
  EVENT_LOG_URL   or: connection string of the Postgres event log

Exit codes: 0 done, 1 some letters could not be replayed, 2 usage or configuration, 3 the event log is not there.`;

/** The subgraphs that have dead letters: consumers of a topic. */
const SUBGRAPHS = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(
  [...new Set(OBSERVATION_TOPICS.map(({ consumer }) => consumer))].toSorted(),
);

const ctx = createContext('dead-letters', process.env.LOG_LEVEL || 'warn');
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command('inbox-outbox').exitOverride().addHelpText('after', ENVIRONMENT);
  const deadLetters = program.command('dead-letters').description('Records that a subgraph could not process');
  subgraphCommand(deadLetters, 'list', 'List them, oldest first').action(async (options: Options) => {
    print(options, await listDeadLetters(await sourceOf(options)));
  });
  subgraphCommand(deadLetters, 'replay', 'Send them back to the topics they came from, and off the list')
    .argument('[ids...]', 'topic/partition/offset, as list shows them; all of them without')
    .action(async (ids: string[], options: Options) => {
      const result = await replayDeadLetters(await sourceOf(options), ids.length > 0 ? ids : undefined);
      if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
      else process.stdout.write(`replayed ${result.replayed.length}, failed ${result.failed.length}\n`);
      for (const { id, reason } of result.failed) process.stderr.write(`${id}: ${reason}\n`);
      if (result.failed.length > 0) exitCode = EXIT.failed;
    });
  subgraphCommand(deadLetters, 'discard', 'Take them off the list, for records that will never be valid')
    .argument('<ids...>', 'topic/partition/offset, as list shows them')
    .action(async (ids: string[], options: Options) => {
      await discardDeadLetters(await sourceOf(options), ids);
      process.stdout.write(options.json ? `${JSON.stringify({ discarded: ids })}\n` : `discarded ${ids.length}\n`);
    });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof MarqueeError)) throw error;
    process.stderr.write(`${error.message} (${error.code})\n`);
    return error.exitCode;
  } finally {
    await ctx.stop();
  }
}

function subgraphCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .requiredOption('--subgraph <name>', SUBGRAPHS)
    .option('--json', 'print JSON, with keys and values in base64')
    .addHelpText('after', ENVIRONMENT);
}

async function sourceOf({ subgraph }: Options): Promise<DeadLetterSource> {
  const config = loadConfig(z.object(eventLogFields));
  return { eventLog: await createEventLog(config, ctx), subgraph, logger: ctx.logger };
}

function print(options: Options, letters: readonly DeadLetter[]): void {
  process.stdout.write(options.json ? `${JSON.stringify(letters.map(toJson))}\n` : letters.map(listed).join(''));
}

function listed({ id, code, reason, value }: DeadLetter): string {
  return `${id}  ${code}  ${value === null ? 'null' : `${value.length} bytes`}  ${reason}\n`;
}

function toJson({ id, topic, partition, offset, code, reason, key, value, headers }: DeadLetter) {
  return {
    id,
    topic,
    partition,
    offset: String(offset),
    code,
    reason,
    key: key?.toString('base64') ?? null,
    value: value?.toString('base64') ?? null,
    headers,
  };
}
