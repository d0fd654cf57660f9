import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that loses connections. */
export interface LossyProxy {
  /** The URL of the server behind the proxy. */
  readonly url: string;
  /** Closes all connections. */
  lose(): void;
  close(): Promise<void>;
}

export async function startLossyProxy(url: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lose = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: proxied.href,
    lose,
    async close() {
      server.close();
      lose();
      await once(server, 'close');
    },
  };
}
