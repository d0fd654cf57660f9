import { createServer, type IncomingMessage } from 'node:http';
import { createPool } from '@marquee/postgres/pool';
import type { Wave } from '../statement.ts';
import { announce, serverSettings } from './settings.ts';

/** The lower bound: only the statements of a query through `pg`, and their rows as JSON over `node:http`. */
const { url, schema, poolSize } = serverSettings();
const pool = createPool({ url, schema, applicationName: `bench-bare-${schema}`, max: poolSize });
const queries = new Map<string, readonly Wave[]>();

process.on('message', (message: { readonly queries?: readonly (readonly [string, readonly Wave[]])[] }) => {
  for (const [name, waves] of message.queries ?? []) queries.set(name, waves);
  if (message.queries) process.send?.({ ask: 'queries' });
});

async function answer(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { name } = JSON.parse(Buffer.concat(chunks).toString()) as { name: string };
  const data: unknown[] = [];
  for (const wave of queries.get(name) ?? []) {
    const results = await Promise.all(wave.map((statement) => pool.query(statement)));
    for (const { rows } of results) data.push(rows);
  }
  return JSON.stringify({ data });
}

const server = createServer((request, response) => {
  answer(request).then(
    (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    (error) => response.writeHead(500).end(String(error)),
  );
});
announce(server);
