import path from 'node:path';
import { type StackConfiguration, usesEmulator } from './configuration.ts';
import type { State } from './state.ts';

/** Addresses of the stack, as `--json` prints them, without secrets. */
export interface Addresses {
  /** The web site. */
  readonly site: string;
  readonly graphql: string;
  /** The IDE, for browsers that open the endpoint. */
  readonly ide: string;
  readonly subgraphs: Readonly<Record<string, string>>;
  /** Null when TMDb, or a server of the user's, is used. */
  readonly emulator: string | null;
  /** `host:port/database`. */
  readonly database: string;
  /** Brokers of Kafka; null when events go through Postgres. */
  readonly kafka: readonly string[] | null;
  readonly stateDir: string;
  readonly logs: string;
  /** File with a development token; null with an issuer of the user's. */
  readonly tokenFile: string | null;
  /** File for `node --env-file` with the settings of commands for this stack. */
  readonly environmentFile: string;
}

export function addressesOf(
  config: StackConfiguration,
  state: State,
  adminUrl: string,
  token: string | undefined,
): Addresses {
  const host = isLocal(config.HOST) ? 'localhost' : bracketed(config.HOST);
  const database = new URL(adminUrl);
  return {
    site: `http://${host}:${config.PORT}/`,
    graphql: `http://${host}:${config.PORT}/graphql`,
    ide: `http://${host}:${config.PORT}/graphql`,
    subgraphs: Object.fromEntries(config.subgraphs.map(({ name, port }) => [name, loopback(port, '/graphql')])),
    emulator: usesEmulator(config) ? emulatorUrl(config) : null,
    database: `${database.host}${database.pathname}`,
    kafka: config.KAFKA_BROKERS ?? null,
    stateDir: state.folder,
    logs: state.logs,
    tokenFile: token === undefined ? null : state.tokenFile,
    environmentFile: state.environmentFile,
  };
}

export function emulatorUrl(config: StackConfiguration): string {
  return loopback(config.EMULATOR_PORT, '/3');
}

/** Returns the URL of a server's readiness check, on the loopback address if it listens on all addresses. */
export function readyUrl(host: string, port: number): string {
  return `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : bracketed(host)}:${port}/readyz`;
}

function isLocal(host: string): boolean {
  return ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
}

/** Formats a host for a URL, with brackets for IPv6 (RFC 3986, 3.2.2). */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function loopback(port: number, pathname: string): string {
  return `http://127.0.0.1:${port}${pathname}`;
}

/** Formats the header as JSON, as the IDE reads it. */
function authorization(token: string): string {
  return JSON.stringify({ authorization: `Bearer ${token}` });
}

const EXAMPLE = `{
  movie(id: "603") {
    title
    releaseDate
    directors { name }
    cast(first: 3) { edges { node { character person { name } } } }
    rating { voteAverage voteCount }
  }
}`;

/** Formats the end of the start: addresses, a token if there is one, and an example query. */
export function addressBlock(
  addresses: Addresses,
  token: string | undefined,
  root: string,
  keptMovies: number,
): string {
  const { subgraphs, emulator, kafka } = addresses;
  const relative = (file: string) => {
    const short = path.relative(root, file);
    return short.startsWith('..') ? file : short;
  };
  const own = relative(addresses.environmentFile) === path.join('.marquee', 'stack.env');
  const ingest = own
    ? 'npm run ingest --'
    : `npx node --env-file=${relative(addresses.environmentFile)} ingest/src/main.ts`;
  const rows = [
    ['Web site', addresses.site],
    ['GraphQL', `${addresses.graphql} (an IDE for browsers)`],
    ['Subgraphs', Object.values(subgraphs).join('  ')],
    [
      'TMDb',
      emulator
        ? `${emulator} (sample catalogue; set TMDB_TOKEN for the real one)`
        : `the real one, or as TMDB_BASE_URL says; ${keptMovies} movies, the most popular ones (STACK_MOVIES=100000000 for all)`,
    ],
    ['Events', kafka ? `Kafka at ${kafka.join(', ')}` : 'through Postgres (set KAFKA_BROKERS for Kafka)'],
    ['Postgres', `${addresses.database} (passwords in ${relative(path.join(addresses.stateDir, 'passwords.json'))})`],
    ['Logs', relative(addresses.logs)],
    ['More movies', `${ingest} movies 603 550`],
  ];
  return [
    'Marquee is running. Ctrl-C stops all of it.',
    '',
    ...rows.map(([name = '', value]) => `  ${name.padEnd(14)}${value}`),
    ...(token === undefined
      ? []
      : ['', 'A token that permits everything, as a header of requests:', '', authorization(token)]),
    '',
    'A query to paste into the IDE:',
    '',
    EXAMPLE,
  ].join('\n');
}
