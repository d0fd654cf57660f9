import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@marquee/runtime/errors';
import { type Addresses, addressesOf, emulatorUrl, readyUrl } from './addresses.ts';
import { keepsFresh, type StackConfiguration, usesEmulator } from './configuration.ts';
import { type Credentials, openCredentials } from './credentials.ts';
import { EVENT_LOG, INGEST, requireDatabase, rolesOf, schemaUrls, startEmbedded } from './database.ts';
import { defined, eventLogEnvironment } from './environment.ts';
import { ingestFirstMovies, keepMoviesFresh, untilRead } from './first-ingest.ts';
import { requireBrokers } from './kafka.ts';
import { createLauncher, type Launcher, type LauncherOptions } from './launcher.ts';
import { STAGE } from './shutdown.ts';
import { readPasswords, writeEnvironment } from './state.ts';

/** Pages of other servers on this machine, such as a web application that is being developed. */
const LOCAL_ORIGINS = ['http://localhost:*', 'https://localhost:*', 'http://127.0.0.1:*', 'http://[::1]:*'].join();

/** Time that the gateway waits for the first movies; a slow ingest continues after it. */
const FIRST_MOVIES_MS = 10_000;

export interface StackOptions extends LauncherOptions {
  readonly config: StackConfiguration;
}

/** A running stack. */
export interface Stack {
  readonly addresses: Addresses;
  /** The development token; undefined with an issuer of the user's. */
  readonly token: string | undefined;
  /** Process ids by part. */
  readonly processes: Readonly<Record<string, number>>;
  /** Rejects when a part fails for good. */
  readonly failed: Promise<never>;
}

/**
 * Starts every part, in parallel where their dependencies allow: the emulator has none, migrations need the database, consumers and ingest
 * the event log too, and the gateway starts after the first movies.
 *
 * @throws MarqueeError with the reason of the part that failed, and its exit code
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, state, shutdown, terminal } = options;
  const launcher = createLauncher(options);
  const passwords = await readPasswords(
    state,
    [...config.subgraphs.map(({ name }) => name), EVENT_LOG, INGEST].flatMap((schema) =>
      Object.values(rolesOf(schema)),
    ),
  );
  const credentials = await openCredentials(state, options.env);
  const database = openDatabase(launcher, options);
  const eventLog = database.then((adminUrl) => openEventLog(launcher, options, adminUrl, passwords));
  const emulator = usesEmulator(config) ? startEmulator(launcher, config) : Promise.resolve();
  const queue = database.then((adminUrl) => openQueue(launcher, adminUrl, passwords));
  const subgraphs = config.subgraphs.map(async ({ name, port }) => {
    const urls = schemaUrls(await database, name, passwords);
    const main = `subgraphs/${name}/src/main.ts`;
    const migration = { DATABASE_URL: urls.runtime, DATABASE_OWNER_URL: urls.owner, DATABASE_ADMIN_URL: urls.admin };
    await launcher.require({ name: `${name} migrations`, command: [main, 'migrate'], env: migration });
    const { DATABASE_CONSUMER_POOL_SIZE } = options.env;
    const connections = { DATABASE_URL: urls.runtime, DATABASE_CONSUMER_POOL_SIZE };
    const env = { ...(await eventLog), ...credentials.subgraph, ...connections, PORT: String(port) };
    await launcher.serve(
      STAGE.subgraphs,
      { name, command: [main, 'serve', 'consume'], env },
      readyUrl('127.0.0.1', port),
    );
  });

  const site = buildSite(launcher, options);
  const since = Date.now();
  const ingest = Promise.all([eventLog, queue, emulator]).then(([log, database]) => ({ ...log, ...database }));
  const movies = ingest
    .then((env) => ingestFirstMovies(launcher, config, env))
    .then(async ({ line, published }) => {
      terminal.done('movies', since, line);
      await Promise.all(subgraphs);
      const addresses = config.subgraphs.map(({ port }) => `http://127.0.0.1:${port}`);
      await untilRead(published, addresses, shutdown.stopping);
    })
    .catch((error: unknown) => {
      // The failure of another part ends the start there; only ingest's own failures count here.
      if (!shutdown.stopping.aborted) terminal.note(`movies: ${String(error)}`);
    });

  await Promise.all([database, eventLog, queue, emulator, site, ...subgraphs]);
  await Promise.race([movies, sleep(FIRST_MOVIES_MS, undefined, { signal: shutdown.stopping, ref: false })]);
  // Last, so that the first clients find complete movies: details, people and ratings.
  await startGateway(launcher, options, credentials, await site);
  if (keepsFresh(config)) {
    movies
      .then(async () => keepMoviesFresh(launcher, config, await ingest))
      .catch((error: unknown) => {
        if (!shutdown.stopping.aborted) terminal.note(`sync: ${messageOf(error)} Movies are not kept fresh.`);
      });
  }
  return {
    addresses: addressesOf(config, state, await database, credentials.token),
    token: credentials.token,
    processes: Object.fromEntries(launcher.services.map((service) => [service.name, service.current()?.pid ?? 0])),
    failed: Promise.race(launcher.services.map((service) => service.failed)),
  };
}

/** Returns the administrator's URL of the embedded or the configured database. */
async function openDatabase(launcher: Launcher, { config, state, terminal }: StackOptions): Promise<string> {
  if (config.KAFKA_BROKERS) await requireBrokers(config.KAFKA_BROKERS);
  if (config.DATABASE_URL !== undefined) {
    await requireDatabase(config.DATABASE_URL);
    return config.DATABASE_URL;
  }
  let adminUrl = '';
  const start = () =>
    startEmbedded(config, state, terminal.note, (url) => {
      adminUrl = url;
    });
  await launcher.keep(STAGE.database, 'Postgres', start);
  return adminUrl;
}

/** Prepares the schema of ingest's queue. Returns its settings. */
async function openQueue(
  launcher: Launcher,
  adminUrl: string,
  passwords: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const urls = schemaUrls(adminUrl, INGEST, passwords);
  const environment = { INGEST_DATABASE_URL: urls.runtime };
  await launcher.require({
    name: 'ingest migrations',
    command: ['ingest/src/main.ts', 'migrate'],
    env: { ...environment, DATABASE_OWNER_URL: urls.owner, DATABASE_ADMIN_URL: urls.admin },
  });
  return environment;
}

/** Prepares the event log in Postgres, unless Kafka is configured. Returns the settings of the log. */
async function openEventLog(
  launcher: Launcher,
  { config, env, state }: StackOptions,
  adminUrl: string,
  passwords: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const urls = schemaUrls(adminUrl, EVENT_LOG, passwords);
  if (config.KAFKA_BROKERS === undefined) {
    await launcher.require({
      name: 'event log',
      command: ['packages/event-log/src/main.ts', 'migrate'],
      env: { EVENT_LOG_URL: urls.runtime, EVENT_LOG_OWNER_URL: urls.owner, DATABASE_ADMIN_URL: urls.admin },
    });
  }
  const environment = eventLogEnvironment(config, env, urls);
  const source = usesEmulator(config)
    ? { TMDB_EMULATOR_URL: emulatorUrl(config) }
    : { TMDB_BASE_URL: config.TMDB_BASE_URL };
  const queue = { INGEST_DATABASE_URL: schemaUrls(adminUrl, INGEST, passwords).runtime };
  await writeEnvironment(state, defined({ ...environment, ...source, ...queue }));
  return environment;
}

function startEmulator(launcher: Launcher, { EMULATOR_PORT: port }: StackConfiguration): Promise<void> {
  return launcher.serve(
    STAGE.sources,
    { name: 'TMDb emulator', command: ['ingest/src/main.ts', 'emulator'], env: { EMULATOR_PORT: String(port) } },
    readyUrl('127.0.0.1', port),
  );
}

/** Builds the web site unless it is up to date. Returns the gateway's settings for it; none when the build fails. */
async function buildSite(
  launcher: Launcher,
  { env, terminal, shutdown }: StackOptions,
): Promise<Readonly<Record<string, string>>> {
  const since = Date.now();
  const { end } = await launcher.run({ name: 'web site', command: ['web/build/main.ts'], env: {} });
  shutdown.stopping.throwIfAborted();
  if (end.exitCode !== 0) {
    const reason = end.reason.replace(/\.?$/, '.');
    terminal.note(`web site: ${reason} The gateway shows the IDE at / instead (logs/web-site.log).`);
    return {};
  }
  terminal.done('web site', since);
  const { SITE_DIR = 'web/dist/site', PERSISTED_DOCUMENTS_FILE = 'web/src/generated/persisted-documents.json' } = env;
  return { SITE_DIR, PERSISTED_DOCUMENTS_FILE };
}

function startGateway(
  launcher: Launcher,
  { config, env }: StackOptions,
  credentials: Credentials,
  site: Readonly<Record<string, string>>,
): Promise<void> {
  const urls = config.subgraphs.map(({ name, port }) => `${name}=http://127.0.0.1:${port}/graphql`);
  return launcher.serve(
    STAGE.gateway,
    {
      name: 'gateway',
      command: ['gateway/src/main.ts', '--supergraph', 'supergraph.graphql', '--port', String(config.PORT)],
      env: {
        ...credentials.gateway,
        ...site,
        HOST: config.HOST,
        SUBGRAPH_URLS: urls.join(','),
        // Whatever NODE_ENV is: this stack is for development.
        GRAPHQL_INTROSPECTION: 'on',
        GRAPHQL_IDE: 'on',
        CORS_ORIGINS: env.CORS_ORIGINS ?? LOCAL_ORIGINS,
      },
    },
    readyUrl(config.HOST, config.PORT),
  );
}
