import type { StackConfiguration } from './configuration.ts';
import { usesEmulator } from './configuration.ts';
import type { SchemaUrls } from './database.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that each part gets from us, or not at all. What bounds the connections of a process is the same for all. */
const OURS =
  /^(HOST|PORT|\w+_PORT|DATABASE_(?!\w*POOL_SIZE$)\w+|EVENT_LOG_\w+|KAFKA_\w+|TMDB_\w+|EMULATOR_\w+|SUPERGRAPH|SUBGRAPH_\w+|AUTH_\w+|STACK_\w+|MARQUEE_\w+|npm_\w+)$/;

/** What every child gets: the environment of the stack without what is meant for one part alone. */
export function baseEnvironment(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
}

/** Where events go: Kafka, with its settings as they were given, or the event log in Postgres. */
export function eventLogEnvironment(config: StackConfiguration, env: Environment, eventLog: SchemaUrls): Environment {
  if (config.KAFKA_BROKERS === undefined) return { EVENT_LOG_URL: eventLog.runtime };
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('KAFKA_')));
}

/** Where films come from. */
export function tmdbEnvironment(config: StackConfiguration, emulatorUrl: string): Environment {
  if (usesEmulator(config)) return { TMDB_EMULATOR_URL: emulatorUrl };
  return { TMDB_TOKEN: config.TMDB_TOKEN, TMDB_BASE_URL: config.TMDB_BASE_URL };
}

/** Only what has a value: nothing else can be handed to a process or written to a file. */
export function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]));
}
