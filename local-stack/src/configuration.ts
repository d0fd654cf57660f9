import path from 'node:path';
import { commaList, integer, invalidConfig, loadConfig, port, postgresUrl, url } from '@marquee/runtime/config';
import { portVariable, type RegisteredSubgraph } from '@marquee/supergraph-registry/registry';
import { z } from 'zod';

const fields = {
  HOST: z.string().default('127.0.0.1'),
  PORT: port(4000),
  EMULATOR_PORT: port(4010),
  POSTGRES_PORT: port(4015),
  INGEST_PORT: port(4020),
  MARQUEE_STATE_DIR: z.string().default('.marquee'),
  DATABASE_URL: postgresUrl().optional(),
  KAFKA_BROKERS: commaList().optional(),
  TMDB_TOKEN: z.string().optional(),
  TMDB_BASE_URL: url('http', 'https').optional(),
  /** Movies of TMDb that are kept, the most popular ones; 0: none are requested. */
  STACK_MOVIES: integer({ min: 0, max: 100_000_000, default: 10_000 }),
  /** `off`: movies are read at the start alone, and not kept fresh. */
  STACK_SYNC: z.enum(['on', 'off']).default('on'),
};

/** A subgraph of the registry, with its port in this stack. */
export type StackSubgraph = Pick<RegisteredSubgraph, 'name' | 'port'>;

/** The stack's settings: its environment, with the registry's ports as defaults. */
export type StackConfiguration = z.output<z.ZodObject<typeof fields>> & {
  /** In the registry's order. */
  readonly subgraphs: readonly StackSubgraph[];
  /** Absolute. */
  readonly stateDir: string;
  /** Ports of the stack by the variable that changes them. */
  readonly ports: readonly (readonly [variable: string, port: number])[];
};

/**
 * Reads and checks the configuration.
 *
 * @param root the folder to which a relative MARQUEE_STATE_DIR is relative
 * @param registered the subgraphs of the registry
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) that lists every mistake
 */
export function readConfiguration(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  registered: readonly StackSubgraph[],
): StackConfiguration {
  const portFields = Object.fromEntries(registered.map((each) => [portVariable(each.name), port(each.port)]));
  const values: Readonly<Record<string, unknown>> = loadConfig(z.object({ ...portFields, ...fields }), env);
  const config = values as z.output<z.ZodObject<typeof fields>>;
  const subgraphs = registered.map(({ name }) => ({ name, port: values[portVariable(name)] as number }));
  const ports = [
    ['PORT', config.PORT],
    ...subgraphs.map((each) => [portVariable(each.name), each.port] as const),
    ...(usesEmulator(config) ? [['EMULATOR_PORT', config.EMULATOR_PORT] as const] : []),
    ...(keepsFresh(config) ? [['INGEST_PORT', config.INGEST_PORT] as const] : []),
    ...(config.DATABASE_URL === undefined ? [['POSTGRES_PORT', config.POSTGRES_PORT] as const] : []),
  ] as const;
  const mistakes = ports.flatMap(([variable, number], index) => {
    if (number === 0)
      return [`${variable}: must be a port from 1 to 65535; the parts have to know where each other is`];
    const earlier = ports.slice(0, index).find(([, other]) => other === number);
    return earlier ? [`${variable}: is ${number}, as ${earlier[0]} is; give each its own`] : [];
  });
  if (mistakes.length > 0) throw invalidConfig(mistakes);
  return { ...config, subgraphs, ports, stateDir: path.resolve(root, config.MARQUEE_STATE_DIR) };
}

/** Returns true when the emulator replaces TMDb: neither a token nor a base URL is set. */
export function usesEmulator(config: Pick<StackConfiguration, 'TMDB_TOKEN' | 'TMDB_BASE_URL'>): boolean {
  return config.TMDB_TOKEN === undefined && config.TMDB_BASE_URL === undefined;
}

/** Returns true when `ingest sync` keeps the movies fresh. */
export function keepsFresh(config: Pick<StackConfiguration, 'STACK_MOVIES' | 'STACK_SYNC'>): boolean {
  return config.STACK_MOVIES > 0 && config.STACK_SYNC === 'on';
}
