import { readFile } from 'node:fs/promises';
import { commaList, flag, integer, invalidConfig, optionalInteger, postgresUrl } from '@marquee/runtime/config';
import { messageOf } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { z } from 'zod';
import type { EventLog } from './event-log.ts';
import type { KafkaEventLogOptions } from './kafka/event-log.ts';
import { createPostgresEventLog } from './postgres.ts';
import { withTopicPrefix } from './topic-prefix.ts';

/** Settings that select the event log; spread them into the process's schema. One of KAFKA_BROKERS and EVENT_LOG_URL must be set. */
export const eventLogFields = {
  /** `host:port`, separated by commas. */
  KAFKA_BROKERS: commaList().optional(),
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic'], { error: 'must be kafkajs or platformatic' }).default('kafkajs'),
  /** Prefix of every topic and consumer group, with which several installations share one cluster. */
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,100}$/, 'must be at most 100 letters, digits, dots, underscores and hyphens')
    .optional(),
  KAFKA_REPLICATION: integer({ min: 1, max: 32, default: 1 }),
  KAFKA_MIN_INSYNC_REPLICAS: optionalInteger({ min: 1, max: 32 }),
  /** Time for which topics keep a tombstone, so that a consumer that was down for less misses no deletion. */
  KAFKA_DELETE_RETENTION_MS: optionalInteger({ min: 1, max: 999_999_999_999_999 }),
  KAFKA_TLS: flag(false),
  /** PEM files: the authority that signed the brokers' certificates, and the client's own certificate with its key. */
  KAFKA_TLS_CA_FILE: z.string().optional(),
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], { error: 'must be plain, scram-sha-256 or scram-sha-512' })
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  /** The Postgres event log, with its runtime role. */
  EVENT_LOG_URL: postgresUrl().optional(),
};

const schema = z.object(eventLogFields);
export type EventLogConfig = z.output<typeof schema>;

/**
 * Connects to the configured event log, and closes it with the process.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2), `EVENT_LOG_UNREACHABLE` (exit code 3)
 */
export async function createEventLog(config: EventLogConfig, ctx: ProcessContext): Promise<EventLog> {
  const eventLog = await configuredEventLog(config, ctx);
  try {
    await eventLog.check();
  } catch (error) {
    await eventLog.close();
    throw error;
  }
  ctx.onStop('event log', () => eventLog.close());
  return eventLog;
}

/**
 * Returns the configured event log, which connects at its first use and closes with the process; undefined when none is configured.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2)
 */
export async function openEventLog(config: EventLogConfig, ctx: ProcessContext): Promise<EventLog | undefined> {
  if (config.KAFKA_BROKERS === undefined && config.EVENT_LOG_URL === undefined) return undefined;
  const eventLog = await configuredEventLog(config, ctx);
  ctx.onStop('event log', () => eventLog.close());
  return eventLog;
}

async function configuredEventLog(config: EventLogConfig, ctx: ProcessContext): Promise<EventLog> {
  const mistakes = mistakesOf(config);
  if (mistakes.length > 0) throw invalidConfig(mistakes);
  const { logger, metrics } = ctx;
  return config.KAFKA_BROKERS
    ? await createPrefixedKafkaEventLog(config, config.KAFKA_BROKERS, ctx)
    : createPostgresEventLog({ url: config.EVENT_LOG_URL as string, logger, metrics });
}

function mistakesOf(config: EventLogConfig): string[] {
  const mistakes: string[] = [];
  const isSet = (name: keyof EventLogConfig) => config[name] !== undefined;
  if (isSet('KAFKA_BROKERS') === isSet('EVENT_LOG_URL')) {
    mistakes.push(
      isSet('KAFKA_BROKERS')
        ? 'KAFKA_BROKERS and EVENT_LOG_URL are both set: unset one of them'
        : 'KAFKA_BROKERS is not set, nor is EVENT_LOG_URL: set one of them',
    );
  }
  const { KAFKA_MIN_INSYNC_REPLICAS: minInSyncReplicas = 1, KAFKA_REPLICATION: replication } = config;
  if (minInSyncReplicas > replication) {
    mistakes.push(
      `KAFKA_MIN_INSYNC_REPLICAS: is more than KAFKA_REPLICATION (${replication}): no record could be acknowledged`,
    );
  }
  for (const name of ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'] as const) {
    if (isSet(name) && !config.KAFKA_TLS) mistakes.push(`${name}: has no effect unless KAFKA_TLS is true`);
  }
  const together: (readonly (keyof EventLogConfig)[])[] = [
    ['KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'],
    ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
  ];
  for (const names of together) {
    const missing = names.filter((name) => !isSet(name));
    if (missing.length > 0 && missing.length < names.length) {
      mistakes.push(...missing.map((name) => `${name}: is not set; ${names.join(', ')} belong together`));
    }
  }
  return mistakes;
}

/**
 * Returns the settings of the configured Kafka cluster, for administration.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2), also without a cluster: the event log in Postgres has no such settings
 */
export async function kafkaCluster(config: EventLogConfig, { service, logger }: ProcessContext) {
  const mistakes = mistakesOf(config);
  if (mistakes.length > 0) throw invalidConfig(mistakes);
  if (!config.KAFKA_BROKERS) throw invalidConfig(['KAFKA_BROKERS: is not set; only Kafka has topics to administer']);
  return {
    ...(await kafkaOptions(config, config.KAFKA_BROKERS, service)),
    logger,
    prefix: config.KAFKA_TOPIC_PREFIX ?? '',
  };
}

/** Imports the Kafka client that is configured, and no other. */
async function createPrefixedKafkaEventLog(
  config: EventLogConfig,
  brokers: string[],
  { service, logger, metrics }: ProcessContext,
): Promise<EventLog> {
  const options = { ...(await kafkaOptions(config, brokers, service)), logger, metrics };
  const eventLog =
    config.KAFKA_CLIENT === 'platformatic'
      ? (await import('./kafka-platformatic.ts')).createPlatformaticEventLog(options)
      : (await import('./kafka.ts')).createKafkaEventLog(options);
  return withTopicPrefix(eventLog, config.KAFKA_TOPIC_PREFIX ?? '');
}

async function kafkaOptions(config: EventLogConfig, brokers: string[], clientId: string) {
  const options: Omit<KafkaEventLogOptions, 'logger' | 'metrics'> = {
    brokers,
    clientId,
    replication: config.KAFKA_REPLICATION,
    minInSyncReplicas: config.KAFKA_MIN_INSYNC_REPLICAS,
    deleteRetentionMs: config.KAFKA_DELETE_RETENTION_MS,
  };
  if (config.KAFKA_TLS) {
    const [ca, cert, key] = await Promise.all([
      pem('KAFKA_TLS_CA_FILE', config.KAFKA_TLS_CA_FILE),
      pem('KAFKA_TLS_CERT_FILE', config.KAFKA_TLS_CERT_FILE),
      pem('KAFKA_TLS_KEY_FILE', config.KAFKA_TLS_KEY_FILE),
    ]);
    options.ssl = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  }
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism !== undefined && username !== undefined && password !== undefined) {
    options.sasl = { mechanism, username, password };
  }
  return options;
}

async function pem(variable: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw invalidConfig([`${variable}: cannot be read (${messageOf(error)})`]);
  }
}
