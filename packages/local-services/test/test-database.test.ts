import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { findProcess, untilGone } from '../src/process-table.ts';
import { testDatabase } from '../src/test-database.ts';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('each database is its own, and empty', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  await query(one.adminUrl, 'create table movie (id int)');
  const tables = `select relname from pg_class where relname = 'movie'`;
  assert.equal((await query(one.adminUrl, tables)).length, 1);
  assert.equal((await query(two.adminUrl, tables)).length, 0);
  await Promise.all([one.drop(), two.drop()]);
  await assert.rejects(query(one.adminUrl, 'select 1'), { code: '3D000' });
});

test('a dropped database takes its roles with it, though somebody is connected', async () => {
  const database = await testDatabase();
  const other = await testDatabase();
  await query(database.adminUrl, `create role owner_${database.name} login`);
  const client = new pg.Client({ connectionString: database.adminUrl });
  client.on('error', () => {}); // it is thrown out below
  await client.connect();
  await database.drop();
  assert.deepEqual(await query(other.adminUrl, `select 1 from pg_roles where rolname = 'owner_${database.name}'`), []);
  await other.drop();
});

test('text is UTF-8, with character classes beyond ASCII', async () => {
  const database = await testDatabase();
  await query(database.adminUrl, 'create extension pg_trgm');
  const [row] = await query(
    database.adminUrl,
    `select lower('ÉÇ') as lower, similarity('東京物語', '東京物語') as same, 'a' < 'B' as natural`,
  );
  assert.deepEqual(row, { lower: 'éç', same: 1, natural: false });
  await database.drop();
});

for (const signal of ['SIGKILL', 'exit'] as const) {
  test(`a process that ends by ${signal} leaves neither server nor data`, async () => {
    const source = new URL('../src/test-database.ts', import.meta.url).href;
    const script = `
      const { testDatabase } = await import(${JSON.stringify(source)});
      const { default: pg } = await import('pg');
      const database = await testDatabase();
      const client = new pg.Client({ connectionString: database.adminUrl });
      await client.connect();
      const { rows } = await client.query("select current_setting('data_directory') as folder");
      await client.end();
      console.log(JSON.stringify(rows[0].folder));
      for await (const _ of process.stdin); // until the test has seen the server`;
    const { TEST_DATABASE_URL: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: import.meta.dirname,
      env,
    });
    const exited = once(child, 'exit');
    const [chunk] = await once(child.stdout, 'data');
    const folder = JSON.parse(String(chunk)) as string;
    const file = await serverOf(folder);
    assert.ok(await findProcess(file));
    if (signal === 'SIGKILL') child.kill('SIGKILL');
    else child.stdin.end();
    await exited;
    assert.ok(await untilGone(file, 10_000), 'the server is gone');
    await untilAbsent(path.dirname(folder));
  });
}

async function serverOf(folder: string): Promise<number> {
  const { readPostmasterFile } = await import('../src/postmaster.ts');
  const file = await readPostmasterFile(folder);
  assert.ok(file);
  return file.pid;
}

async function untilAbsent(folder: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      await access(folder);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${folder} is still there`);
}
