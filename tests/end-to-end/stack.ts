import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@marquee/local-services/free-port';
import { portVariable, REGISTRY_FILE, readRegistry } from '@marquee/supergraph-registry/registry';

const ROOT = path.resolve(import.meta.dirname, '../..');
const START_MS = 180_000;

/** Sends one operation to the gateway. Rejects when the answer has errors. */
export type Graphql = <Data>(query: string, variables?: Record<string, unknown>) => Promise<Data>;

/** The line that `npm start -- --json` prints when all processes are ready. */
export interface Addresses {
  readonly graphql: string;
  readonly ide: string;
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly emulator: string | null;
  /** Process ids by part. */
  readonly processes: Readonly<Record<string, number>>;
}

/** The whole stack on this machine, started by `npm start`. */
export interface Stack {
  readonly addresses: Addresses;
  readonly stateDir: string;
  readonly pid: number;
  graphql: Graphql;
  /** Runs `npm run ingest`; returns the exit code and the summary of `--json`. */
  ingest(args: readonly string[], env?: Record<string, string>): Promise<{ code: number; summary: IngestSummary }>;
  /** Returns a counter's sum over its labels, of a subgraph or of `gateway`. */
  counter(at: string, name: string): Promise<number>;
  /** Sends a signal to the main process and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface IngestSummary {
  readonly films: number;
  readonly deleted: number[];
  readonly failed: { id: number; part: string; code: string; reason: string }[];
}

export interface StackOptions {
  /** State of an earlier start; a new folder where absent. */
  readonly stateDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: this checkout. */
  readonly root?: string;
}

export async function startStack({ stateDir, env = {}, root = ROOT }: StackOptions = {}): Promise<Stack> {
  const state = stateDir ?? (await newStateDir());
  const { subgraphs } = readRegistry(path.join(root, REGISTRY_FILE));
  const ports = [
    'PORT',
    ...subgraphs.map(({ name }) => portVariable(name)),
    'EMULATOR_PORT',
    'INGEST_PORT',
    'POSTGRES_PORT',
  ];
  const chosen: [string, string][] = [];
  for (const name of ports) chosen.push([name, String(await freePort())]);
  const child = run(root, ['local-stack/src/main.ts', '--json'], {
    ...Object.fromEntries(chosen),
    MARQUEE_STATE_DIR: state,
    // Persons that it reads in the background would count among the statements that tests measure.
    STACK_SYNC: 'off',
    ...env,
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const addresses = await addressesOf(child, exited);
  return {
    addresses,
    stateDir: state,
    pid: child.pid as number,
    graphql: (query, variables) => request(addresses.graphql, query, variables),
    ingest: (args, more = {}) => ingest(root, state, args, { ...env, ...more }),
    counter: async (at, name) => {
      const base = at === 'gateway' ? addresses.graphql : (addresses.subgraphs[at] as string);
      return sumOf(await (await fetch(new URL('/metrics', base))).text(), name);
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

/** Readable by other accounts: Postgres does not run as root. */
async function newStateDir(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-stack-'));
  await chmod(folder, 0o755);
  return folder;
}

/** Removes the state of a stopped stack. */
export async function removeState(stack: Stack): Promise<void> {
  await rm(stack.stateDir, { recursive: true, force: true });
}

function run(root: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function addressesOf(child: ChildProcess, exited: Promise<number | null>): Promise<Addresses> {
  const { promise, resolve, reject } = Promise.withResolvers<Addresses>();
  const timer = setTimeout(() => reject(new Error(`the stack did not start in ${START_MS} ms`)), START_MS);
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => resolve(JSON.parse(line)));
  exited.then((code) => reject(new Error(`the stack ended with ${code} before it had started`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function ingest(root: string, stateDir: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const settings = path.join(stateDir, 'stack.env');
  const child = run(root, [`--env-file=${settings}`, 'ingest/src/main.ts', ...args, '--json'], {
    TMDB_TOKEN: '',
    ...env,
  });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  return { code: code as number, summary: JSON.parse(output) as IngestSummary };
}

async function request<Data>(url: string, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (errors !== undefined || data === undefined) throw new Error(`HTTP ${response.status}: ${JSON.stringify(errors)}`);
  return data;
}

function sumOf(metrics: string, name: string): number {
  const samples = metrics.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
