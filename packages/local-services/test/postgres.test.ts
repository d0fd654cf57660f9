import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../src/free-port.ts';
import { recoverPostgres, removePostgres, startPostgres } from '../src/postgres.ts';
import { readPostmasterFile } from '../src/postmaster.ts';
import { findProcess, untilGone } from '../src/process-table.ts';

const run = promisify(execFile);
let root: string;
let dataDir: string;
let count = 0;
const notices: string[] = [];
const logger = { info: (text: string) => void notices.push(text), warn: (text: string) => void notices.push(text) };

before(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'marquee-postgres-test-'));
  await chmod(root, 0o755);
});
after(() => rm(root, { recursive: true }));
beforeEach(() => {
  count += 1;
  dataDir = path.join(root, String(count), 'data');
  notices.length = 0;
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Starts Postgres in a process of its own, which stays until it is killed. */
async function startElsewhere(port: number): Promise<{ child: ChildProcess; url: string; pid: number }> {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(new URL('../src/postgres.ts', import.meta.url).href)});
    const { url, pid } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, port: ${port} });
    console.log(JSON.stringify({ url, pid }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = await once(child.stdout, 'data');
  return { child, ...JSON.parse(String(chunk)) };
}

async function processIds(): Promise<number[]> {
  const names =
    process.platform === 'linux' ? await readdir('/proc') : (await run('ps', ['-A', '-o', 'pid='])).stdout.split('\n');
  return names.filter((name) => /^\s*\d+$/.test(name)).map(Number);
}

/** Kills a process and its watchdogs at once, as a kill -9 of everything does. */
async function killWithWatchdogs(child: ChildProcess): Promise<void> {
  const children: number[] = [];
  for (const pid of await processIds()) {
    const entry = await findProcess(pid);
    if (entry?.parent === child.pid && entry?.command.includes('marquee-watchdog')) children.push(pid);
  }
  assert.equal(children.length, 1);
  for (const pid of children) process.kill(pid, 'SIGKILL');
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('data and password outlive a stop; the data is closed to others', async () => {
  const first = await startPostgres({ dataDir, port: 0 });
  await query(first.url, 'create table movie as select 603 as id');
  await first.stop();
  assert.equal(await findProcess(first.pid), undefined);
  const second = await startPostgres({ dataDir, port: first.port });
  assert.equal(second.url, first.url);
  assert.deepEqual(await query(second.url, 'select id from movie'), [{ id: 603 }]);
  const [settings] = await query(
    second.url,
    `select current_setting('listen_addresses') as tcp, current_setting('unix_socket_directories') as unix`,
  );
  assert.deepEqual(settings, { tcp: '127.0.0.1', unix: '' });
  await assert.rejects(query(second.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1'), { code: '28P01' });
  await second.stop();
  for (const [file, mode] of [
    [dataDir, 0o700],
    [`${dataDir}.password`, 0o600],
  ] as const) {
    assert.equal((await stat(file)).mode & 0o777, mode);
  }
  await removePostgres(dataDir);
  assert.deepEqual(await readdir(path.dirname(dataDir)), []);
});

test('a stop ends sessions that are still open', async () => {
  const postgres = await startPostgres({ dataDir, port: 0 });
  const client = new pg.Client({ connectionString: postgres.url });
  const ended = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await postgres.stop();
  await Promise.all([ended, postgres.ended]);
});

test('a server whose starter is killed stops by itself, in an orderly way', async () => {
  const { child, url, pid } = await startElsewhere(0);
  await query(url, 'create table movie as select 603 as id');
  child.kill('SIGKILL');
  assert.ok(await untilGone(pid, 10_000));
  assert.match(await readFile(`${dataDir}.log`, 'utf8'), /database system is shut down/);
});

test('a server that a kill -9 of everything left behind is stopped, and its data is there', async () => {
  const port = await freePort();
  const { child, url, pid } = await startElsewhere(port);
  await query(url, 'create table movie as select 603 as id');
  await killWithWatchdogs(child);
  assert.ok(await findProcess(pid), 'the server was left behind');

  await recoverPostgres(dataDir, logger);
  assert.equal(await findProcess(pid), undefined);
  assert.match(notices.join(), new RegExp(`process ${pid}`));
  const again = await startPostgres({ dataDir, port });
  assert.deepEqual(await query(again.url, 'select id from movie'), [{ id: 603 }]);
  await again.stop();
});

test('a killed server recovers, even when its id has gone to another process', async () => {
  const { child, url, pid } = await startElsewhere(0);
  await query(url, 'create table movie as select 603 as id');
  process.kill(pid, 'SIGKILL');
  assert.ok(await untilGone(pid, 10_000));
  child.kill('SIGKILL');
  const file = path.join(dataDir, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [process.pid, ...lines.slice(1)].join('\n'));
  assert.equal((await readPostmasterFile(dataDir))?.pid, process.pid);

  const again = await startPostgres({ dataDir, port: 0 });
  assert.deepEqual(await query(again.url, 'select id from movie'), [{ id: 603 }]);
  await again.stop();
});

test('a database that a living process serves is left alone', async () => {
  const postgres = await startPostgres({ dataDir, port: 0 });
  await assert.rejects(startPostgres({ dataDir, port: 0 }), { code: 'POSTGRES_IN_USE', exitCode: 2 });
  await assert.rejects(removePostgres(dataDir), { code: 'POSTGRES_IN_USE' });
  assert.equal((await query(postgres.url, 'select 1')).length, 1);
  await postgres.stop();
});

test('a port in use is said with its variable, and nothing is made', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await assert.rejects(startPostgres({ dataDir, port, portVariable: 'POSTGRES_PORT' }), {
    code: 'PORT_IN_USE',
    message: `Port ${port} is in use: set POSTGRES_PORT to a free one.`,
  });
  await assert.rejects(stat(dataDir), { code: 'ENOENT' });
  server.close();
});

test('a start that fails says why, with the log', async () => {
  const postgres = await startPostgres({ dataDir, port: 0 });
  await postgres.stop();
  await appendFile(path.join(dataDir, 'postgresql.conf'), 'no_such_setting = 1\n');
  await assert.rejects(startPostgres({ dataDir, port: 0 }), { code: 'POSTGRES_FAILED', message: /no_such_setting/ });
});

test('a folder that holds something else is not touched', async () => {
  await mkdir(dataDir, { recursive: true });
  await writeFile(path.join(dataDir, 'notes.txt'), 'mine');
  await assert.rejects(startPostgres({ dataDir, port: 0 }), {
    code: 'POSTGRES_FAILED',
    message: /no database directory/,
  });
  assert.deepEqual(await readdir(dataDir), ['notes.txt']);
});

test('another version of Postgres, or a lost password, is said', async () => {
  const postgres = await startPostgres({ dataDir, port: 0 });
  await postgres.stop();
  await rm(`${dataDir}.password`);
  await assert.rejects(startPostgres({ dataDir, port: 0 }), { code: 'POSTGRES_FAILED', message: /data\.password/ });
  await writeFile(path.join(dataDir, 'PG_VERSION'), '9\n');
  await assert.rejects(startPostgres({ dataDir, port: 0 }), { code: 'POSTGRES_FAILED', message: /made by Postgres 9/ });
});

test('under a folder that is closed to others it works, and the folder stays closed', async () => {
  const home = path.join(root, String(count));
  await mkdir(home, { mode: 0o700 });
  const postgres = await startPostgres({ dataDir, port: 0, logger });
  await query(postgres.url, 'create table movie as select 603 as id');
  await postgres.stop();
  assert.equal((await stat(home)).mode & 0o777, 0o700);
  const asRoot = process.getuid?.() === 0;
  assert.equal(postgres.dataDir !== dataDir, asRoot);
  assert.equal(notices.length, asRoot ? 1 : 0);
  if (asRoot) assert.ok(notices[0]?.includes(postgres.dataDir));

  const again = await startPostgres({ dataDir, port: 0 });
  assert.deepEqual(await query(again.url, 'select id from movie'), [{ id: 603 }]);
  await again.stop();
  await removePostgres(dataDir);
  await assert.rejects(stat(asRoot ? path.dirname(postgres.dataDir) : dataDir), { code: 'ENOENT' });
});
