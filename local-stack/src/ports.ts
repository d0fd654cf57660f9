import { setTimeout as sleep } from 'node:timers/promises';
import { isPortFree } from '@marquee/local-services/free-port';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/**
 * Checks that every port is free before anything starts.
 *
 * @param patienceMs time to wait for them: processes of a killed run take a moment to end
 * @throws MarqueeError `PORT_IN_USE` (exit code 2) with all ports in use, each with its variable
 */
export async function requireFreePorts(
  ports: readonly (readonly [variable: string, port: number])[],
  host: string,
  patienceMs: number,
): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(200)) {
    const taken = await takenPorts(ports, host);
    if (taken.length === 0) return;
    if (Date.now() < deadline) continue;
    const lines = taken.map(
      ([variable, port]) => `  ${port}: set ${variable} to a free port, or stop what uses this one`,
    );
    throw new MarqueeError('PORT_IN_USE', [`Ports that Marquee needs are in use:`, ...lines].join('\n'), {
      exitCode: EXIT.usage,
    });
  }
}

async function takenPorts(ports: readonly (readonly [string, number])[], host: string) {
  const free = await Promise.all(
    // Only the gateway listens on HOST; all other parts listen on the loopback address.
    ports.map(([variable, port]) => isPortFree(port, variable === 'PORT' ? host : '127.0.0.1')),
  );
  return ports.filter((_, index) => !free[index]);
}
