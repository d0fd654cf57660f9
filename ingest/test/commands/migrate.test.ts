import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPool } from '@marquee/postgres/pool';
import { emptySubgraphDatabase } from '@marquee/testing/subgraph-database';
import { INGEST_SCHEMA } from '../../src/infrastructure/ingest-schema.ts';
import { run } from '../command.ts';

test('migrate creates roles, schema and tables, again without effect; the runtime role can touch nothing else', async (t) => {
  const { schema, migrations } = INGEST_SCHEMA;
  const database = await emptySubgraphDatabase({ name: schema, migrations });
  t.after(() => database.drop());
  const { DATABASE_URL: INGEST_DATABASE_URL, ...rest } = database.env;
  const env = { INGEST_DATABASE_URL, ...rest, LOG_LEVEL: 'warn' };
  for (const time of ['first', 'second']) {
    assert.deepEqual(await run(t, ['migrate'], env), { code: 0, stdout: '', stderr: '' }, time);
  }
  const pool = createPool({ url: INGEST_DATABASE_URL, schema, applicationName: 'test' });
  t.after(() => pool.end());
  assert.deepEqual((await pool.query('select count(*) from entities')).rows, [{ count: 0 }]);
  await assert.rejects(pool.query('create table ingest.more ()'), { code: '42501' });
  await assert.rejects(pool.query('create table public.more ()'), { code: '42501' });
  const missing = await run(t, ['migrate'], {});
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /INGEST_DATABASE_URL: is not set\n {2}DATABASE_OWNER_URL: is not set/);
});
