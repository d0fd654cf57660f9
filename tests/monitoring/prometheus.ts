import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@marquee/local-services/free-port';
import { stringify } from 'yaml';

const READY_MS = 60_000;
const MISSING = 'There is no Prometheus: install it, or set PROMETHEUS to its executable, with promtool beside it.';

/** The executable, which is in the path by default. */
const executable = () => process.env.PROMETHEUS || 'prometheus';

/** Runs promtool. @throws Error with its output when it fails, or when there is none */
export function promtool(...args: readonly string[]): string {
  const file = path.isAbsolute(executable()) ? path.join(path.dirname(executable()), 'promtool') : 'promtool';
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8' });
  if (error) throw new Error(MISSING, { cause: error });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

export interface Prometheus {
  /** Returns the series of an expression now. */
  query(
    expression: string,
  ): Promise<
    readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[]
  >;
  stop(): Promise<void>;
}

/** Starts a Prometheus with this configuration and its data in a new folder. */
export async function startPrometheus(configuration: object): Promise<Prometheus> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'marquee-prometheus-'));
  const file = path.join(folder, 'prometheus.yaml');
  writeFileSync(file, stringify(configuration));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`];
  const child = spawn(executable(), [...args, '--log.level=warn'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const failed = once(child, 'error').then(([cause]) => Promise.reject(new Error(MISSING, { cause })));
  failed.catch(() => {});
  await Promise.race([failed, ready(child, address)]);
  return {
    async query(expression) {
      const response = await fetch(`http://${address}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query: expression }),
      });
      const { status, data, error } = (await response.json()) as {
        status: string;
        data: { result: never };
        error?: string;
      };
      if (status !== 'success') throw new Error(`${expression}: ${error}`);
      return data.result;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess, address: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}.`);
    const response = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Prometheus was not ready in ${READY_MS} ms.`);
}
