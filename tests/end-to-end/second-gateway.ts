import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '@marquee/local-services/free-port';
import { eventually } from '@marquee/testing/eventually';
import type { Stack } from './stack.ts';

const MAIN = path.resolve(import.meta.dirname, '../../gateway/src/main.ts');
const START_MS = 60_000;

/** A gateway on a stack's subgraphs, beside the gateway of the stack. */
export interface SecondGateway {
  /** Address of the endpoint. */
  readonly url: string;
  /** Returns the text of its metrics. */
  metrics(): Promise<string>;
  /** Sends SIGTERM, and returns the exit code. */
  stop(): Promise<number | null>;
}

/** Starts a gateway, and resolves when it is ready. */
export async function startSecondGateway(
  { addresses, stateDir }: Stack,
  supergraphFile: string,
  env: Readonly<Record<string, string>>,
): Promise<SecondGateway> {
  const port = String(await freePort());
  const urls = Object.entries(addresses.subgraphs).map(([name, url]) => `${name}=${url}`);
  const child = spawn(process.execPath, [MAIN, '--supergraph', supergraphFile, '--port', port], {
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
      SUBGRAPH_URLS: urls.join(','),
      SUBGRAPH_SIGNING_KEYS_FILE: path.join(stateDir, 'signing-keys'),
      NODE_COMPILE_CACHE: path.join(stateDir, 'compile-cache'),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const stop = async () => {
    child.kill('SIGTERM');
    return exited;
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    await eventually(async () => {
      if (!(await fetch(`${base}/readyz`)).ok) throw new Error('The gateway is not ready.');
    }, START_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `${base}/graphql`, metrics: async () => (await fetch(`${base}/metrics`)).text(), stop };
}
