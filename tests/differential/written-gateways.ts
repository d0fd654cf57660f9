import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloGateway } from '@apollo/gateway';
import { parse } from 'graphql';
import { Client } from 'undici';
import { WrittenItem, writtenSupergraph } from './written-graph.ts';

/** More than the barriers of a script. */
const MAX_PIPELINED = 1_000;
const MAIN = path.resolve(import.meta.dirname, '../../gateway/src/main.ts');

/** A gateway with its own {@link WrittenItem}. */
export interface WrittenGateway {
  readonly item: WrittenItem;
  connect(): Connection;
  stop(): Promise<void>;
}

/** A connection to one worker, which executes a request without waiting for the responses to earlier ones. */
export interface Connection {
  /** Resolves to the data, as JSON text. */
  execute(query: string, variables?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

/** Starts the published Apollo Gateway with data sources in this process. */
export async function startApollo(): Promise<WrittenGateway> {
  const item = new WrittenItem();
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({
    supergraphSdl: writtenSupergraph((name) => `http://${name}.invalid`),
    logger: silent,
    buildService: ({ name }) => ({
      process: async ({ request: { query = '', variables = {} } }) =>
        (await item.answer(name, query, variables)) as never,
    }),
  });
  const { promise: schema, resolve } = Promise.withResolvers<unknown>();
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => resolve(apiSchema));
  const { executor } = await gateway.load();
  let count = 0;
  const connection: Connection = {
    async execute(query, variables = {}) {
      const { data } = await executor({
        request: { query, variables },
        document: parse(query),
        schema: await schema,
        queryHash: `operation ${count++}`,
        operationName: null,
        context: {},
        metrics: {},
        logger: silent,
        overallCachePolicy: {},
      } as never);
      return JSON.stringify(data);
    },
    close: async () => {},
  };
  return { item, connect: () => connection, stop: () => gateway.stop() };
}

/** Starts Marquee's gateway with its defaults. The next worker accepts each new connection. */
export async function startMarquee(workers: number): Promise<WrittenGateway> {
  const item = new WrittenItem();
  const server = createServer(async (incoming, response) => {
    const { query, variables } = (await json(incoming)) as { query: string; variables: Record<string, unknown> };
    const answer = await item.answer(incoming.url?.slice(1) ?? '', query, variables);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(path.join(tmpdir(), 'marquee-writes-'));
  const supergraph = path.join(folder, 'supergraph.graphql');
  writeFileSync(
    supergraph,
    writtenSupergraph((name) => `http://127.0.0.1:${port}/${name}`),
  );
  const args = [MAIN, '--supergraph', supergraph, '--port', '0', '--workers', String(workers)];
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH } });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const ended = once(child, 'exit');
  const url = await listening(() => log);
  return {
    item,
    connect() {
      const client = new Client(url, { pipelining: MAX_PIPELINED });
      return {
        async execute(query, variables) {
          const { body } = await client.request({
            path: '/graphql',
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ query, variables }),
            // Without these, undici sends the next request of a connection after the response.
            idempotent: true,
            blocking: false,
          });
          const { data, errors } = (await body.json()) as { data: unknown; errors?: unknown };
          if (errors !== undefined) throw new Error(JSON.stringify(errors));
          return JSON.stringify(data);
        },
        close: () => client.close(),
      };
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Resolves to the gateway's address when it is ready. */
async function listening(log: () => string): Promise<string> {
  for (let round = 0; round < 6_000; round += 1) {
    await sleep(20);
    const port = /"port":(\d+),.*"listening"/.exec(log())?.[1];
    if (port === undefined) continue;
    const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
    if (status === 200) return `http://127.0.0.1:${port}`;
  }
  throw new Error(`The gateway did not become ready: ${log()}`);
}
