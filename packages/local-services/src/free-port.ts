import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/** Below the ports that Linux and macOS give to outgoing connections and to listeners on port 0. */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;

/**
 * Returns a free TCP port on the loopback address. No outgoing connection takes it before its server listens, or while that
 * is restarted.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isPortFree(port)) return port;
  }
}

/** Returns true when the port of that address is free. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** Returns the error for a port in use. @param variable the environment variable that changes it */
export function portInUse(port: number, variable: string | undefined, cause?: unknown): MarqueeError {
  const remedy = variable === undefined ? 'stop what listens there' : `set ${variable} to a free one`;
  return new MarqueeError('PORT_IN_USE', `Port ${port} is in use: ${remedy}.`, { cause, exitCode: EXIT.usage });
}
