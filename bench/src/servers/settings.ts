import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Reads the settings of a measured server from the environment. */
export function serverSettings(): { readonly url: string; readonly schema: string; readonly poolSize: number } {
  const { DATABASE_URL: url = '', DATABASE_SCHEMA: schema = '', DATABASE_POOL_SIZE: poolSize } = process.env;
  return { url, schema, poolSize: Number(poolSize) };
}

/** Listens on a free port of the loopback address, and sends its number to the bench. */
export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  // The bench has exited.
  process.on('disconnect', () => process.exit(0));
}
