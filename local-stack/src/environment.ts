import type { StackConfiguration } from './configuration.ts';
import { usesEmulator } from './configuration.ts';
import type { SchemaUrls } from './database.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that the stack sets for each part. Limits on connections are the same for all parts. */
const OURS =
  /^(HOST|PORT|\w+_PORT|DATABASE_(?!\w*POOL_SIZE$)\w+|EVENT_LOG_\w+|KAFKA_\w+|TMDB_\w+|INGEST_\w+|EMULATOR_\w+|SUPERGRAPH|SUBGRAPH_\w+|AUTH_\w+|STACK_\w+|MARQUEE_\w+|npm_\w+)$/;

/** Returns the environment of every child: that of the stack without settings of single parts. */
export function baseEnvironment(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
}

/** Returns the settings of the event log: the given ones of Kafka, or those of the log in Postgres. */
export function eventLogEnvironment(config: StackConfiguration, env: Environment, eventLog: SchemaUrls): Environment {
  if (config.KAFKA_BROKERS === undefined) return { EVENT_LOG_URL: eventLog.runtime };
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('KAFKA_')));
}

/** Returns the settings of TMDb or the emulator. */
export function tmdbEnvironment(config: StackConfiguration, emulatorUrl: string): Environment {
  if (usesEmulator(config)) return { TMDB_EMULATOR_URL: emulatorUrl };
  return { TMDB_TOKEN: config.TMDB_TOKEN, TMDB_BASE_URL: config.TMDB_BASE_URL };
}

/** Removes variables without a value. */
export function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]));
}
