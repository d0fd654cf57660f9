import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { freePort } from '@marquee/local-services/free-port';
import { signRequest } from '@marquee/trust/request-signature';
import { readSigningKeys } from '@marquee/trust/signing-keys';
import { askServer, messageOf, startServer, stopServer, type Usage, untilReady } from './server-process.ts';
import type { Wave } from './statement.ts';

/** A measured server in a process of its own. */
export interface Target {
  readonly origin: string;
  readonly path: string;
  /** Returns the headers for a body. */
  headersFor(body: string): Record<string, string>;
  usage(): Promise<Usage>;
  /** Starts recording the statements that it sends. */
  record(): Promise<void>;
  /** Returns the recorded statements. */
  recorded(): Promise<readonly Wave[]>;
  /** Sends the bare server its statements. */
  load(queries: readonly (readonly [string, readonly Wave[]])[]): Promise<void>;
  stop(): Promise<void>;
}

export interface TargetOptions {
  readonly url: string;
  readonly subgraph: string;
  readonly poolSize: number;
}

const PROBE = new URL('./servers/probe.ts', import.meta.url);
/** Signing keys of this run. */
const SUBGRAPH_SIGNING_KEYS = `bench:${randomBytes(32).toString('base64url')}`;
const JSON_BODY = { 'content-type': 'application/json' };

export async function startSubgraph(options: TargetOptions): Promise<Target> {
  const { subgraph, url, poolSize } = options;
  const [key] = readSigningKeys({ SUBGRAPH_SIGNING_KEYS, SUBGRAPH_SIGNING_KEYS_FILE: undefined });
  if (key === undefined) throw new Error('no key');
  const port = await freePort();
  const main = new URL(`../../subgraphs/${subgraph}/src/main.ts`, import.meta.url);
  const child = startServer(main, {
    args: ['serve'],
    env: { PORT: String(port), DATABASE_URL: url, DATABASE_POOL_SIZE: String(poolSize), SUBGRAPH_SIGNING_KEYS },
    preload: PROBE,
  });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(child, `${origin}/readyz`);
  // Signs like the gateway, but once a second: the sender's work is not measured.
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

export const startPostgraphile = (options: TargetOptions) => startReference('postgraphile', options);
export const startBareSql = (options: TargetOptions) => startReference('bare-sql', options);

async function startReference(name: string, { url, subgraph, poolSize }: TargetOptions): Promise<Target> {
  const child = startServer(new URL(`./servers/${name}.ts`, import.meta.url), {
    env: {
      DATABASE_URL: url,
      DATABASE_SCHEMA: subgraph,
      DATABASE_POOL_SIZE: String(poolSize),
      GRAPHILE_ENV: 'production',
    },
    preload: PROBE,
  });
  const { port } = await messageOf<{ readonly port: number }>(child, (message) => 'port' in message);
  return targetOf(child, `http://127.0.0.1:${port}`, '/graphql', () => JSON_BODY);
}

function targetOf(child: ChildProcess, origin: string, path: string, headersFor: Target['headersFor']): Target {
  return {
    origin,
    path,
    headersFor,
    usage: () => askServer<Usage>(child, { ask: 'usage' }),
    record: async () => void (await askServer(child, { ask: 'record' })),
    recorded: async () => (await askServer<{ readonly waves: readonly Wave[] }>(child, { ask: 'recorded' })).waves,
    load: async (queries) => void (await askServer(child, { ask: 'queries', queries })),
    stop: () => stopServer(child),
  };
}
