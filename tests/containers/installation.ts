import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@marquee/local-services/free-port';
import { REGISTRY_FILE, readRegistry } from '@marquee/supergraph-registry/registry';
import type { Stack } from '../end-to-end/stack.ts';
import { attempt, ROOT, run } from './command.ts';

const SUBGRAPHS = readRegistry(path.join(ROOT, REGISTRY_FILE)).subgraphs.map(({ name }) => name);

/** Long-running services of compose.yaml in the order in which tests kill them: first those that work during an ingest. */
export const SERVICES: readonly string[] = [
  'ingest',
  ...SUBGRAPHS.map((name) => `${name}-consumer`),
  'kafka',
  'postgres',
  ...SUBGRAPHS,
  'tmdb-emulator',
  'gateway',
];
export const COMMANDS: readonly string[] = ['secrets', ...SUBGRAPHS.map((name) => `${name}-migrate`), 'ingest-migrate'];

/** Marquee by compose.yaml, with its own project and ports. */
export interface Installation {
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly stack: Stack;
  compose(...args: readonly string[]): Promise<string>;
  composeWith(settings: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<string>;
  container(service: string): Promise<string>;
  /** Returns one value of `docker inspect`. */
  inspect(service: string, format: string): Promise<string>;
  /** Kills a container's process from outside of Docker, which restarts it as after a crash. */
  kill(service: string): Promise<void>;
  /** Creates a token with all permissions as the page documents, and uses it from then on. */
  signIn(): Promise<string>;
  down(): Promise<void>;
}

/** @throws Error with instructions when no container engine responds */
export async function newInstallation(version: string): Promise<Installation> {
  const engine = await attempt('docker', ['info', '--format', '{{.ServerVersion}}']).catch(() => undefined);
  if (engine?.code !== 0) {
    throw new Error('No Docker engine answers: start Docker, or set DOCKER_HOST to one that runs.');
  }
  const v2 = (await attempt('docker', ['compose', 'version'])).code === 0;
  const [command, prefix] = v2 ? ['docker', ['compose']] : ['docker-compose', [] as string[]];
  const port = await freePort();
  const emulatorPort = await freePort();
  const env = {
    COMPOSE_PROJECT_NAME: `marquee-test-${randomBytes(4).toString('hex')}`,
    COMPOSE_FILE: 'compose.yaml:tests/containers/emulator-port.yaml',
    MARQUEE_VERSION: version,
    PORT: String(port),
    EMULATOR_PORT: String(emulatorPort),
    INGEST_MOVIES: '20',
    // Ignores the environment of the tests.
    TMDB_TOKEN: '',
    TMDB_BASE_URL: '',
  };
  const composeWith = (settings: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    run(command as string, [...(prefix as string[]), ...args], { ...env, ...settings });
  const compose = (...args: readonly string[]) => composeWith({}, ...args);
  const container = async (service: string) => {
    const labels = { project: env.COMPOSE_PROJECT_NAME, service, oneoff: 'False' };
    const filters = Object.entries(labels).flatMap(([name, value]) => [
      '-f',
      `label=com.docker.compose.${name}=${value}`,
    ]);
    const [id] = (await run('docker', ['ps', '-aq', ...filters])).trim().split('\n');
    if (!id) throw new Error(`there is no container of ${service}`);
    return id;
  };
  const inspect = async (service: string, format: string) =>
    (await run('docker', ['inspect', '--format', format, await container(service)])).trim();
  const url = `http://127.0.0.1:${port}/graphql`;
  const stateDir = await mkdtemp(path.join(os.tmpdir(), 'marquee-containers-'));
  const down = async () => {
    await rm(stateDir, { recursive: true, force: true });
    await compose(
      '--profile',
      'monitoring',
      '--profile',
      'tracing',
      'down',
      '--volumes',
      '--remove-orphans',
      '--timeout',
      '5',
    );
  };
  return {
    env,
    url,
    compose,
    composeWith,
    container,
    inspect,
    kill: async (service) => {
      const pid = await inspect(service, '{{.State.Pid}}');
      const script = `process.kill(${Number(pid)}, 'SIGKILL')`;
      const image = `marquee/secrets:${version}`;
      const helper = [
        'run',
        '--rm',
        '--pid=host',
        '--user=0',
        '--network=none',
        '--entrypoint=node',
        image,
        '-e',
        script,
      ];
      await run('docker', helper);
    },
    signIn: async () => {
      const token = (await compose('run', '--rm', '-T', 'secrets', 'token')).trim();
      await writeFile(path.join(stateDir, 'token'), token);
      return token;
    },
    down,
    stack: {
      addresses: {
        graphql: url,
        ide: `http://127.0.0.1:${port}/`,
        subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, ''])),
        emulator: `http://127.0.0.1:${emulatorPort}/3`,
        processes: {},
      },
      stateDir,
      pid: 0,
      graphql: (query, variables) => graphql(url, query, variables),
      ingest: async (args, more = {}) => {
        const settings = Object.entries(more).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
        const output = await compose('run', '--rm', '-T', ...settings, 'ingest', ...args, '--json');
        return { code: 0, summary: JSON.parse(output) };
      },
      counter: () => Promise.reject(new Error('metrics of containers are not published')),
      stop: async () => {
        await down();
        return 0;
      },
    },
  };
}

async function graphql<Data>(url: string, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(10_000),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (errors !== undefined || data === undefined) throw new Error(`HTTP ${response.status}: ${JSON.stringify(errors)}`);
  return data;
}
