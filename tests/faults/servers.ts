import { createTemplate } from './databases.ts';
import { type LogKind, type LogServer, startKafkaCluster, startLogServer } from './event-logs.ts';
import type { FaultCase } from './fault-case.ts';
import { type PostgresServer, startPostgresServer } from './server.ts';

export interface Servers {
  /** With the template of the databases. */
  readonly postgres: PostgresServer;
  readonly logServer: LogServer;
}

const remove = (server: PostgresServer | LogServer) => server.remove();

/** Starts the servers that cases share. */
export async function startServers(log: LogKind, resources: AsyncDisposableStack): Promise<Servers> {
  const [postgres, logServer] = await Promise.all([startDatabaseServer(), startLogServer(log)]);
  return { postgres: resources.adopt(postgres, remove), logServer: resources.adopt(logServer, remove) };
}

/** Returns the shared servers, or one of the case's own where its fault would reach other cases. */
export async function serversFor(
  { ownServer, cluster }: FaultCase,
  log: LogKind,
  shared: Servers,
  resources: AsyncDisposableStack,
): Promise<Servers> {
  let { postgres, logServer } = shared;
  if (ownServer === 'postgres') postgres = resources.adopt(await startDatabaseServer(), remove);
  if (cluster) logServer = resources.adopt(await startKafkaCluster(), remove);
  else if (ownServer === 'log') logServer = resources.adopt(await startLogServer(log), remove);
  return { postgres, logServer };
}

async function startDatabaseServer(): Promise<PostgresServer> {
  const server = await startPostgresServer();
  await createTemplate(server);
  return server;
}
