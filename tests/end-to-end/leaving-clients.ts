import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { withLockedTable } from './locked-table.ts';
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
        const stack = running();
        await withLockedTable(stack, schema, table, async ({ waiting }) => {
          const leave = await send(stack.addresses.graphql, query);
          await eventually(async () => assert.notEqual(await waiting(), 0));
          leave();
          // Far less than the timeouts of gateway and subgraph.
          await eventually(async () => assert.equal(await waiting(), 0), 4_000);
        });
      });
    }
  });
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
