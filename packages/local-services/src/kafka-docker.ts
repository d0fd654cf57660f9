import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { type Broker, type BrokerOptions, brokerSettings, untilAnswers } from './kafka-broker.ts';
import { KAFKA_VERSION } from './kafka-libraries.ts';
import { startWatchdog } from './watchdog.ts';

const run = promisify(execFile);
const IMAGE = `apache/kafka:${KAFKA_VERSION}`;

/** Throws, with the reason, unless a Docker engine responds. */
export async function requireDocker(): Promise<void> {
  await run('docker', ['version', '--format', '{{.Server.Version}}']).catch((cause) => {
    throw new Error('no running Docker ("docker version" failed)', { cause });
  });
}

/** Starts a broker in a container of the official image, with its port published on the loopback address only. */
export async function startDockerBroker({ port, proxied }: BrokerOptions): Promise<Broker> {
  const name = `marquee-kafka-${randomBytes(6).toString('hex')}`;
  const brokerPort = port ?? (await freePort());
  const settings = brokerSettings({
    broker: brokerPort,
    controller: brokerPort === 9093 ? 9094 : 9093,
    bind: '0.0.0.0',
    proxied,
  });
  const environment = Object.entries({ ...settings, 'log.dirs': '/var/lib/kafka/data' }).flatMap(([key, value]) => [
    '-e',
    // The image's rule: KAFKA_, upper case, dots as underscores.
    `KAFKA_${key.toUpperCase().replaceAll('.', '_')}=${value}`,
  ]);
  const address = `127.0.0.1:${brokerPort}`;
  const docker = async (...args: string[]) => (await run('docker', args)).stdout;
  const watchdog = startWatchdog('docker rm --force --volumes "$1"', [name]);

  async function answers(): Promise<void> {
    await untilAnswers(address, async () => {
      const running = await docker('inspect', '--format', '{{.State.Running}}', name);
      if (running.trim() === 'true') return undefined;
      const logs = await run('docker', ['logs', '--tail', '5', name]);
      return `${logs.stdout}${logs.stderr}`.trimEnd();
    });
  }
  async function remove(): Promise<void> {
    await docker('rm', '--force', '--volumes', name);
    await watchdog.disarm();
  }

  try {
    const heap = ['-e', 'KAFKA_HEAP_OPTS=-Xmx256m -Xms64m'];
    const ports = [brokerPort, ...(proxied ? [proxied.port] : [])].flatMap((port) => [
      '-p',
      `127.0.0.1:${port}:${port}`,
    ]);
    await docker('run', '-d', '--name', name, ...ports, ...heap, ...environment, IMAGE);
    await answers();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    brokers: [address],
    start: async () => {
      await docker('start', name);
      await answers();
    },
    stop: async () => void (await docker('stop', name)),
    kill: async () => void (await docker('kill', name)),
    remove,
  };
}
