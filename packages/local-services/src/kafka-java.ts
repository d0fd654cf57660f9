import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import {
  type Broker,
  type BrokerOptions,
  brokerSettings,
  type ClientSecurity,
  clusterSettings,
  untilAnswers,
} from './kafka-broker.ts';
import type { KafkaLibraries } from './kafka-libraries.ts';
import { killWithParent, startWatchdog } from './watchdog.ts';

const run = promisify(execFile);

// Optimised for start-up time rather than throughput: no optimising compiler, the serial collector.
const JVM = ['-Xmx256m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Security of a broker, besides the settings of every broker. */
export interface BrokerSecurity {
  readonly settings: (ports: { broker: number; controller: number }) => Readonly<Record<string, string>>;
  /** Arguments for the formatting of its storage. */
  readonly formatArguments: readonly string[];
  /** For the client that waits for the broker. */
  readonly client: ClientSecurity;
}

/** Starts a broker on this machine's Java. */
export async function startJavaBroker(
  libraries: KafkaLibraries,
  { port, proxied }: BrokerOptions,
  security?: BrokerSecurity,
): Promise<Broker> {
  const ports = { broker: port ?? (await freePort()), controller: await freePort() };
  const settings = { ...brokerSettings({ ...ports, bind: '127.0.0.1', proxied }), ...security?.settings(ports) };
  return startNode(libraries, { port: ports.broker, clusterId: newClusterId(), settings, security });
}

/** Starts brokers that form a cluster, each of them a controller too. */
export async function startJavaCluster(libraries: KafkaLibraries, size: number): Promise<Broker[]> {
  const ports: { broker: number; controller: number }[] = [];
  for (let node = 0; node < size; node += 1) ports.push({ broker: await freePort(), controller: await freePort() });
  const clusterId = newClusterId();
  return Promise.all(
    clusterSettings(ports).map((settings, node) =>
      startNode(libraries, { port: ports[node]?.broker as number, clusterId, settings }),
    ),
  );
}

function newClusterId(): string {
  return Buffer.from(crypto.randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}

interface NodeOptions {
  readonly port: number;
  readonly clusterId: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly security?: BrokerSecurity | undefined;
}

/** Starts a node. Its folder has configuration, data and log, and is removed by `remove`, or with this process after the broker. */
async function startNode(
  { java, folder: jars }: KafkaLibraries,
  { port, clusterId, security, ...options }: NodeOptions,
): Promise<Broker> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-kafka-'));
  const watchdog = startWatchdog('sleep 1; rm -rf "$1"', [folder]);
  const configuration = path.join(folder, 'server.properties');
  const logFile = path.join(folder, 'broker.log');
  const settings = { ...options.settings, 'log.dirs': path.join(folder, 'data') };
  await mkdir(path.join(folder, 'data'));
  await writeFile(
    configuration,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const jvm = [...JVM, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', `${jars}/*`];
  // One argument, not two: an id may begin with "-".
  const format = ['format', `--cluster-id=${clusterId}`, '-c', configuration, ...(security?.formatArguments ?? [])];
  await run(java, [...jvm, 'kafka.tools.StorageTool', ...format]);

  const address = `127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const log = await open(logFile, 'w');
    const started = spawn(java, [...jvm, 'kafka.Kafka', configuration], {
      stdio: ['ignore', log.fd, log.fd],
      cwd: folder,
      detached: true,
    });
    await log.close();
    started.unref();
    child = started;
    killWithParent(started);
    const failure = async () => {
      if (started.exitCode === null && started.signalCode === null) return undefined;
      return (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-5).join('\n');
    };
    await untilAnswers(address, failure, security?.client);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    ending.ref();
    const exited = once(ending, 'exit');
    ending.kill(signal);
    await exited;
  }

  async function remove(): Promise<void> {
    await end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    await watchdog.disarm();
  }

  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return { brokers: [address], start, stop: () => end('SIGTERM'), kill: () => end('SIGKILL'), remove };
}
