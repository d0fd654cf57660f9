import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { killWithParent } from '@marquee/local-services/watchdog';
import { encodeIdentity, type Identity } from '@marquee/trust/identity';
import { signRequest } from '@marquee/trust/request-signature';
import { readSigningKeys } from '@marquee/trust/signing-keys';
import type { Answer } from './answer.ts';
import { SubscriptionStream } from './event-stream.ts';

/** The signing key of this test run, instead of the gateway's. */
const SUBGRAPH_SIGNING_KEYS = `tests:${randomBytes(32).toString('base64url')}`;
const [signingKey] = readSigningKeys({ SUBGRAPH_SIGNING_KEYS, SUBGRAPH_SIGNING_KEYS_FILE: undefined });

export type { Answer };

/** A listening process of a subgraph. */
export interface RunningSubgraph {
  /** Sends a query over HTTP as the gateway does, with an identity; `statements` is the number of SQL statements of the response. */
  ask(
    query: string,
    variables?: object,
    identity?: Identity,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer & { readonly statements: number }>;
  /** Opens the stream of a subscription as the gateway does; a refused one has its answer as JSON in `response`. */
  subscribe(
    query: string,
    variables?: object,
    identity?: Identity,
    headers?: Readonly<Record<string, string>>,
  ): Promise<SubscriptionStream>;
  get(path: string): Promise<Response>;
  /** Ends it with SIGTERM, and returns the exit code. */
  stop(): Promise<number | null>;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
}

/** Runs a subgraph's `main.ts` to its end. */
export async function runToEnd(
  main: URL,
  roles: readonly string[],
  env: object,
): Promise<{ code: number | null; stderr: string }> {
  const child = start(main, roles, env);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

/** A process of a subgraph that may not listen yet. */
export interface LaunchedSubgraph {
  readonly pid: number;
  /** Lines of its log. */
  readonly log: readonly string[];
  /** Resolves when it listens; rejects when it ends before. */
  readonly listening: Promise<RunningSubgraph>;
  /** Resolves with the exit code when it has ended; null after a signal. */
  readonly ended: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
}

/** Starts a subgraph's `main.ts` in these roles, and returns when it listens. */
export function startSubgraph(main: URL, roles: readonly string[], env: object): Promise<RunningSubgraph> {
  return launchSubgraph(main, roles, env).listening;
}

/** Starts a subgraph's `main.ts` in these roles, for a test that may signal it before it listens. */
export function launchSubgraph(main: URL, roles: readonly string[], env: object): LaunchedSubgraph {
  const child = start(main, roles, env);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const log: string[] = [];
  const address = Promise.withResolvers<{ service: string; port: number }>();
  createInterface({ input: child.stderr })
    .on('line', (line) => {
      log.push(line);
      if (line.includes('"listening"')) address.resolve(JSON.parse(line));
    })
    // After the exit: the last lines have the reason.
    .on('close', () => address.reject(new Error(`main.ts ended before it listened:\n${log.join('\n')}`)));
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  const kill = async () => {
    signal('SIGKILL');
    await ended;
  };
  const stop = () => {
    signal('SIGTERM');
    return ended;
  };
  const listening = address.promise.then((listener) => ({ ...clientOf(listener), stop, kill }));
  // A test that kills the process does not wait for it to listen.
  listening.catch(() => {});
  return { pid: child.pid as number, log, listening, ended, signal, kill };
}

/** Returns the requests that the gateway sends to a listening process. */
function clientOf({
  service,
  port,
}: {
  readonly service: string;
  readonly port: number;
}): Omit<RunningSubgraph, 'stop' | 'kill'> {
  const base = `http://127.0.0.1:${port}`;
  const get = (path: string) => fetch(`${base}${path}`);

  async function statements(): Promise<number> {
    const metrics = await (await get('/metrics')).text();
    const counts = metrics.matchAll(/^marquee_sql_statements_total(?:\{.*\})? (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  return {
    get,
    async ask(query, variables = {}, identity = undefined, headers = {}) {
      const before = await statements();
      const body = JSON.stringify({ query, variables });
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', ...signatureOf(body, service, identity) },
        body,
      });
      const answer = (await response.json()) as Answer;
      return { ...answer, statements: (await statements()) - before };
    },
    async subscribe(query, variables = {}, identity = undefined, headers = {}) {
      const body = JSON.stringify({ query, variables });
      const abort = new AbortController();
      const accept = 'text/event-stream';
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: { accept, ...headers, 'content-type': 'application/json', ...signatureOf(body, service, identity) },
        body,
        signal: abort.signal,
      });
      return new SubscriptionStream(response, abort);
    },
  };
}

function start(main: URL, roles: readonly string[], env: object) {
  const child = spawn(process.execPath, [fileURLToPath(main), ...roles], {
    env: { PATH: process.env.PATH, PORT: '0', SUBGRAPH_SIGNING_KEYS, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  killWithParent(child);
  return child;
}

function signatureOf(body: string, subgraph: string, asker: Identity | undefined): Record<string, string> {
  assert.ok(signingKey);
  const identity = asker && encodeIdentity(asker);
  return signRequest({ method: 'POST', target: '/graphql', body, subgraph, identity }, signingKey);
}

/** Returns the data of a response without errors. */
export function dataOf({ data, errors }: Answer) {
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** Returns the code of a response's only error. */
export function codeOf({ errors }: Answer): string | undefined {
  assert.equal(errors?.length, 1, JSON.stringify(errors));
  return errors?.[0]?.extensions.code;
}
