import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '@marquee/local-services/free-port';
import { MarqueeError } from '@marquee/runtime/errors';
import { signRequest } from '@marquee/trust/request-signature';
import { readSigningKeys } from '@marquee/trust/signing-keys';
import type { Wave } from './statement.ts';

/** What a process has used so far. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** A server under measurement, in a process of its own. */
export interface Target {
  readonly origin: string;
  readonly path: string;
  /** The headers to send a body with. */
  headersFor(body: string): Record<string, string>;
  usage(): Promise<Usage>;
  /** Starts to note the statements that it sends. */
  record(): Promise<void>;
  /** Those that it sent since. */
  recorded(): Promise<readonly Wave[]>;
  /** Gives the bare server its statements. */
  load(queries: readonly (readonly [string, readonly Wave[]])[]): Promise<void>;
  stop(): Promise<void>;
}

export interface TargetOptions {
  readonly url: string;
  readonly subgraph: string;
  readonly poolSize: number;
}

const PROBE = new URL('./servers/probe.ts', import.meta.url).href;
const START_MS = 60_000;
/** What both ends of this run sign and verify with. */
const SUBGRAPH_SIGNING_KEYS = `bench:${randomBytes(32).toString('base64url')}`;
const JSON_BODY = { 'content-type': 'application/json' };

export async function startSubgraph(options: TargetOptions): Promise<Target> {
  const { subgraph, url, poolSize } = options;
  const [key] = readSigningKeys({ SUBGRAPH_SIGNING_KEYS, SUBGRAPH_SIGNING_KEYS_FILE: undefined });
  if (key === undefined) throw new Error('no key');
  const port = await freePort();
  const main = new URL(`../../subgraphs/${subgraph}/src/main.ts`, import.meta.url);
  const child = start(main, ['serve'], {
    PORT: String(port),
    DATABASE_URL: url,
    DATABASE_POOL_SIZE: String(poolSize),
    SUBGRAPH_SIGNING_KEYS,
  });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(child, `${origin}/readyz`);
  // As the gateway signs, but once a second: signing is the sender's work, which is not measured.
  const signed = new Map<string, { readonly second: number; readonly headers: Record<string, string> }>();
  function headersFor(body: string): Record<string, string> {
    const second = Math.floor(Date.now() / 1000);
    let entry = signed.get(body);
    if (entry?.second !== second) {
      const signature = signRequest(
        { method: 'POST', target: '/graphql', body, subgraph, identity: undefined },
        key as NonNullable<typeof key>,
      );
      entry = { second, headers: { ...JSON_BODY, ...signature } };
      signed.set(body, entry);
    }
    return entry.headers;
  }
  return targetOf(child, origin, '/graphql', headersFor);
}

export const startPostgraphile = (options: TargetOptions) => startServer('postgraphile', options);
export const startBareSql = (options: TargetOptions) => startServer('bare-sql', options);

async function startServer(name: string, { url, subgraph, poolSize }: TargetOptions): Promise<Target> {
  const child = start(new URL(`./servers/${name}.ts`, import.meta.url), [], {
    DATABASE_URL: url,
    DATABASE_SCHEMA: subgraph,
    DATABASE_POOL_SIZE: String(poolSize),
    GRAPHILE_ENV: 'production',
  });
  const { port } = await answerOf<{ readonly port: number }>(child, (message) => 'port' in message);
  return targetOf(child, `http://127.0.0.1:${port}`, '/graphql', () => JSON_BODY);
}

function start(script: URL, args: readonly string[], env: Record<string, string>): ChildProcess {
  const { PATH = '' } = process.env;
  return fork(fileURLToPath(script), args, {
    env: { PATH, NODE_ENV: 'production', LOG_LEVEL: 'error', ...env },
    execArgv: ['--import', PROBE],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function targetOf(child: ChildProcess, origin: string, path: string, headersFor: Target['headersFor']): Target {
  async function ask<Answer>(message: { readonly ask: string; readonly queries?: unknown }): Promise<Answer> {
    const answer = answerOf<Answer>(child, (received) => received.ask === message.ask);
    child.send(message);
    return answer;
  }
  return {
    origin,
    path,
    headersFor,
    usage: () => ask<Usage>({ ask: 'usage' }),
    record: async () => void (await ask({ ask: 'record' })),
    recorded: async () => (await ask<{ readonly waves: readonly Wave[] }>({ ask: 'recorded' })).waves,
    load: async (queries) => void (await ask({ ask: 'queries', queries })),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function answerOf<Answer>(
  child: ChildProcess,
  fits: (message: { readonly ask?: string }) => boolean,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const onMessage = (message: unknown) => {
    if (fits(message as { ask?: string })) resolve(message as Answer);
  };
  const onExit = (code: number | null) =>
    reject(new MarqueeError('SERVER_ENDED', `A server under measurement ended with code ${code}; its error is above.`));
  child.on('message', onMessage).once('exit', onExit);
  const timer = setTimeout(
    () => reject(new MarqueeError('SERVER_SILENT', 'A server under measurement did not answer.')),
    START_MS,
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onExit);
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new MarqueeError('SERVER_ENDED', `A subgraph did not become ready at ${url}; its error is above.`);
}
