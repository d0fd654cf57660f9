import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import { withConnection } from '@marquee/postgres/connect';
import { eventually } from '@marquee/testing/eventually';
import type { Stack } from './stack.ts';

/** Tables that a query reads, with the schema that owns them; the last one in the second step of the query's plan. */
const QUERIES = [
  { schema: 'movies', table: 'movies', query: '{ movie(id: "603") { title } }' },
  { schema: 'people', table: 'persons', query: '{ person(id: "6384") { name } }' },
  {
    schema: 'people',
    table: 'persons',
    query: '{ movie(id: "603") { title cast(first: 5) { edges { node { person { name } } } } } }',
  },
] as const;

/** Tests that the statements of queries whose clients leave are cancelled. */
export function leavingClientTests(running: () => Stack): void {
  describe('clients that leave', () => {
    for (const { schema, table, query } of QUERIES) {
      test(`cancel the statements on ${table} of ${query}`, async () => {
        const { stateDir, addresses } = running();
        const url = await ownerUrl(stateDir, schema);
        await withConnection({ url, applicationName: 'tests' }, async (client) => {
          const waiting = async () => {
            const text =
              'select count(*)::integer as count from pg_locks where relation = $1::regclass and not granted';
            const { rows } = await client.query<{ count: number }>(text, [`${schema}.${table}`]);
            return rows[0]?.count;
          };
          await client.query('begin');
          await client.query(`lock table ${schema}.${table} in access exclusive mode`);
          const leave = await send(addresses.graphql, query);
          await eventually(async () => assert.notEqual(await waiting(), 0));
          leave();
          // Far less than the timeouts of gateway and subgraph.
          await eventually(async () => assert.equal(await waiting(), 0), 4_000);
          await client.query('rollback');
        });
      });
    }
  });
}

async function ownerUrl(stateDir: string, schema: string): Promise<string> {
  const { EVENT_LOG_URL = '' } = parseEnv(await readFile(path.join(stateDir, 'stack.env'), 'utf8'));
  const passwords = JSON.parse(await readFile(path.join(stateDir, 'passwords.json'), 'utf8')) as Record<string, string>;
  const url = new URL(EVENT_LOG_URL);
  url.username = `${schema}_owner`;
  url.password = passwords[url.username] ?? '';
  return url.href;
}

/** Sends a query, and returns what closes the connection. */
async function send(graphql: string, query: string): Promise<() => void> {
  const { hostname, port, pathname } = new URL(graphql);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const body = JSON.stringify({ query });
  const head = `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  socket.write(`${head}\r\n\r\n${body}`);
  return () => socket.destroy();
}
