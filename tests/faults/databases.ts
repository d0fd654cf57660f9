import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { killWithParent } from '@marquee/local-services/watchdog';
import { openSession } from '@marquee/postgres/session';
import { ENVIRONMENT, ROOT } from './environment.ts';
import type { PostgresServer } from './server.ts';

export const SUBGRAPHS = ['movies', 'people', 'ratings'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

const TEMPLATE = 'faults_template';

/** Returns the main module of a subgraph. */
export function mainOf(subgraph: SubgraphName): URL {
  return new URL(`../../subgraphs/${subgraph}/src/main.ts`, import.meta.url);
}

export const INGEST_MAIN = path.join(ROOT, 'ingest/src/main.ts');

/** Executes one statement on a connection of its own. */
export async function query<Row extends Record<string, unknown>>(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const session = await openSession({ url, applicationName: 'faults', channels: [], onNotification: () => {} });
  try {
    return await session.query<Row>(statement, values);
  } finally {
    await session.close();
  }
}

export async function execute(url: string, statement: string, values: unknown[] = []): Promise<void> {
  await query(url, statement, values);
}

/** Creates the database that all cases copy: the schemas of the subgraphs and of the ingest queue, without rows. */
export async function createTemplate(server: PostgresServer): Promise<void> {
  const { urlOf } = server;
  await execute(urlOf('postgres'), `create database ${TEMPLATE}`);
  const ownerOf = (role: string) => ({
    DATABASE_OWNER_URL: urlOf(TEMPLATE, `${role}_owner`),
    DATABASE_ADMIN_URL: urlOf(TEMPLATE),
  });
  // In sequence: the extensions belong to the database.
  for (const name of SUBGRAPHS) {
    await runToEnd([mainOf(name).pathname, 'migrate'], { DATABASE_URL: urlOf(TEMPLATE, name), ...ownerOf(name) });
  }
  await runToEnd([INGEST_MAIN, 'migrate'], { INGEST_DATABASE_URL: urlOf(TEMPLATE, 'ingest'), ...ownerOf('ingest') });
}

/** Copies the template for a case, into a folder of its own if there is one. */
export async function createCaseDatabase({ urlOf }: PostgresServer, name: string, folder?: string): Promise<void> {
  const adminUrl = urlOf('postgres');
  if (folder !== undefined) await execute(adminUrl, `create tablespace ${name} location '${folder}'`);
  const where = folder === undefined ? '' : ` tablespace ${name}`;
  await execute(adminUrl, `create database ${name} template ${TEMPLATE}${where}`);
}

export async function dropCaseDatabase({ urlOf }: PostgresServer, name: string): Promise<void> {
  await execute(urlOf('postgres'), `drop database ${name} with (force)`);
  await execute(urlOf('postgres'), `drop tablespace if exists ${name}`);
}

async function runToEnd(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, args, {
    env: { ...ENVIRONMENT, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  killWithParent(child);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with code ${code}`);
}
