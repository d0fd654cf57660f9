import { startPostgres } from '@marquee/local-services/postgres';
import { withConnection } from '@marquee/postgres/connect';
import type { Running } from './child.ts';
import type { StackConfiguration } from './configuration.ts';
import type { State } from './state.ts';

const DATABASE = 'marquee';

/** The schema of the event log in Postgres; a subgraph's schema has the subgraph's name. */
export const EVENT_LOG = 'event_log';

/** The schema of ingest's queue. */
export const INGEST = 'ingest';

/** Connection strings for one schema. */
export interface SchemaUrls {
  readonly admin: string;
  readonly owner: string;
  readonly runtime: string;
}

/** Returns the two roles of a schema: one migrates it, the other reads and writes its rows. */
export function rolesOf(schema: string): { readonly owner: string; readonly runtime: string } {
  return { owner: `${schema}_owner`, runtime: `${schema}_runtime` };
}

/** Returns connection strings of a schema's roles in the database of the administrator's URL. */
export function schemaUrls(admin: string, schema: string, passwords: Readonly<Record<string, string>>): SchemaUrls {
  const { owner, runtime } = rolesOf(schema);
  return { admin, owner: as(admin, owner, passwords), runtime: as(admin, runtime, passwords) };
}

function as(admin: string, role: string, passwords: Readonly<Record<string, string>>): string {
  const url = new URL(admin);
  url.username = role;
  url.password = passwords[role] ?? '';
  return url.href;
}

/** Starts the embedded server as a part. @param opened receives the administrator's URL of its database */
export async function startEmbedded(
  config: StackConfiguration,
  state: State,
  report: (line: string) => void,
  opened: (adminUrl: string) => void,
): Promise<Running> {
  const postgres = await startPostgres({
    dataDir: state.postgres,
    port: config.POSTGRES_PORT,
    portVariable: 'POSTGRES_PORT',
    logger: { info: report, warn: report },
  });
  await ensureDatabase(postgres.url);
  const url = new URL(postgres.url);
  url.pathname = `/${DATABASE}`;
  opened(url.href);
  return {
    pid: postgres.pid,
    ended: postgres.ended.then(async (signal) => ({
      reason: signal ? `it was ended by ${signal}` : lastMessage(await postgres.logTail()),
      exitCode: undefined,
    })),
    stop: postgres.stop,
    kill: () => void process.kill(postgres.pid, 'SIGQUIT'),
  };
}

/** Returns the last line of the server's log, without its time and process id. */
function lastMessage(log: string): string {
  return (log.split('\n').at(-1) ?? '').replace(/^\S+ \S+ UTC \[\d+\] /, '');
}

async function ensureDatabase(serverUrl: string): Promise<void> {
  await withConnection({ url: serverUrl, applicationName: 'marquee-local-stack' }, async (client) => {
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rows.length === 0) await client.query(`create database ${DATABASE}`);
  });
}

/** Rejects with a MarqueeError with the reason, unless the database of DATABASE_URL accepts a connection. */
export async function requireDatabase(url: string): Promise<void> {
  await withConnection({ url, applicationName: 'marquee-local-stack' }, (client) => client.query('select 1'));
}
