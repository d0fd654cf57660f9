import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { withConnection } from '@marquee/postgres/connect';
import type { Stack } from './stack.ts';

/** A table that no other transaction can read. */
export interface LockedTable {
  /** Returns the number of statements that wait for the lock. */
  waiting(): Promise<number>;
}

/** Runs a test while a table of a subgraph is locked, so that queries of the table wait. */
export async function withLockedTable(
  { stateDir }: Stack,
  schema: string,
  table: string,
  run: (locked: LockedTable) => Promise<void>,
): Promise<void> {
  const url = await ownerUrl(stateDir, schema);
  await withConnection({ url, applicationName: 'tests' }, async (client) => {
    await client.query('begin');
    await client.query(`lock table ${schema}.${table} in access exclusive mode`);
    try {
      await run({
        waiting: async () => {
          const text = 'select count(*)::integer as count from pg_locks where relation = $1::regclass and not granted';
          const { rows } = await client.query<{ count: number }>(text, [`${schema}.${table}`]);
          return rows[0]?.count ?? 0;
        },
      });
    } finally {
      await client.query('rollback');
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
