import type { Socket } from 'node:net';
import { Cancellation } from '../application/cancellation.ts';

/** Clients whose requests are in progress, by their connections. */
export interface WaitingClients {
  /** Adds the client of a request: it is cancelled when the connection closes. */
  add(connection: Socket): Cancellation;
  /** Removes a client that has its answer. */
  remove(connection: Socket, client: Cancellation): void;
}

/**
 * Listens to connections, not to responses: one listener serves all requests of a connection, and a response that waits behind another one
 * (pipelining) emits no `close`.
 */
export function createWaitingClients(): WaitingClients {
  const byConnection = new WeakMap<Socket, Set<Cancellation>>();

  function clientsOf(connection: Socket): Set<Cancellation> {
    const known = byConnection.get(connection);
    if (known !== undefined) return known;
    const clients = new Set<Cancellation>();
    byConnection.set(connection, clients);
    connection.once('close', () => {
      for (const client of clients) client.cancel();
    });
    return clients;
  }

  return {
    add(connection) {
      const client = new Cancellation();
      if (connection.destroyed) client.cancel();
      else clientsOf(connection).add(client);
      return client;
    },
    remove(connection, client) {
      byConnection.get(connection)?.delete(client);
    },
  };
}
