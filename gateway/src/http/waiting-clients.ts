import type { Socket } from 'node:net';
import { Cancellation } from '../subgraphs/cancellation.ts';

/** Clients with requests in progress, by connection. */
export interface WaitingClients {
  /** Adds the client of a request, which is cancelled when the connection closes. */
  add(connection: Socket): Cancellation;
  /** Removes a client that has its response. */
  remove(connection: Socket, client: Cancellation): void;
}

/**
 * Creates a tracker that listens to connections, not to responses: one listener serves all requests of a connection,
 * and a response that waits behind another (pipelining) emits no `close`.
 */
export function createClientTracker(): WaitingClients {
  // Lists, which have one client without pipelining: a set with constant additions and deletions costs the garbage
  // collector more.
  const byConnection = new WeakMap<Socket, Cancellation[]>();

  function clientsOf(connection: Socket): Cancellation[] {
    const known = byConnection.get(connection);
    if (known !== undefined) return known;
    const clients: Cancellation[] = [];
    byConnection.set(connection, clients);
    connection.once('close', () => {
      for (const client of clients.splice(0)) client.cancel();
    });
    return clients;
  }

  return {
    add(connection) {
      const client = new Cancellation();
      if (connection.destroyed) client.cancel();
      else clientsOf(connection).push(client);
      return client;
    },
    remove(connection, client) {
      const clients = byConnection.get(connection);
      // The only client, without pipelining.
      if (clients?.at(-1) === client) clients.pop();
      else if (clients?.includes(client)) clients.splice(clients.indexOf(client), 1);
    },
  };
}
