import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts');
const PORTS = [
  'PORT',
  'MOVIES_PORT',
  'PEOPLE_PORT',
  'RATINGS_PORT',
  'EMULATOR_PORT',
  'INGEST_PORT',
  'POSTGRES_PORT',
] as const;

let folder: string;
let env: Record<string, string>;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-stack-'));
  await chmod(folder, 0o755); // as root, Postgres runs as another account, which has to get to its data
  env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', MARQUEE_STATE_DIR: path.join(folder, 'state') };
  for (const variable of PORTS) env[variable] = String(await freePort());
});
after(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to an end that has to come by itself. */
function start(args: readonly string[], extra: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { ...env, ...extra }, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

async function occupy(): Promise<{ server: Server; port: string }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: String((server.address() as { port: number }).port) };
}

test('--help says what can be set, and starts nothing', async () => {
  const { code, stdout, stderr } = await start(['--help']);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  for (const variable of [...PORTS, 'MARQUEE_STATE_DIR', 'DATABASE_URL', 'KAFKA_BROKERS', 'TMDB_TOKEN']) {
    assert.ok(stdout.includes(variable), variable);
  }
  await assert.rejects(stat(path.join(folder, 'state')), { code: 'ENOENT' });
});

for (const args of [['--frsh'], ['everything']]) {
  test(`${args} is a mistake of usage`, async () => {
    const { code, stdout, stderr } = await start(args);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /USAGE/);
    assert.equal(stderr.trim().split('\n').length, 1);
  });
}

test('mistakes of configuration are told all at once', async () => {
  const { code, stderr } = await start([], { PORT: 'http', DATABASE_URL: 'mysql://localhost', STACK_MOVIES: '-1' });
  assert.equal(code, 2);
  for (const variable of ['PORT', 'DATABASE_URL', 'STACK_MOVIES'])
    assert.match(stderr, new RegExp(`^ {2}${variable}: must be`, 'm'));
});

test('--fresh does not touch a database of one’s own', async () => {
  const { code, stderr } = await start(['--fresh'], { DATABASE_URL: 'postgres://localhost/movies' });
  assert.equal(code, 2);
  assert.match(stderr, /DATABASE_URL is set/);
});

test('all ports in use are named at once, each with its variable, and nothing is started', async (t) => {
  const [one, two] = await Promise.all([occupy(), occupy()]);
  t.after(() => [one, two].forEach(({ server }) => void server.close()));
  const { code, stdout, stderr } = await start([], { PEOPLE_PORT: one.port, POSTGRES_PORT: two.port });
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, new RegExp(`^ {2}${one.port}: set PEOPLE_PORT`, 'm'));
  assert.match(stderr, new RegExp(`^ {2}${two.port}: set POSTGRES_PORT`, 'm'));
  assert.doesNotMatch(stderr, /set MOVIES_PORT/);
  assert.deepEqual((await readdir(path.join(folder, 'state'))).sort(), ['logs']);
});

test('a database or a broker that cannot be reached is said, and the exit code tells', async () => {
  const nowhere = `127.0.0.1:${await freePort()}`;
  const [database, broker] = await Promise.all([
    start([], { DATABASE_URL: `postgres://admin:secret@${nowhere}/movies`, MARQUEE_STATE_DIR: path.join(folder, 'a') }),
    start([], { KAFKA_BROKERS: nowhere, MARQUEE_STATE_DIR: path.join(folder, 'b') }),
  ]);
  for (const { code, stderr } of [database, broker]) {
    assert.equal(code, 3, stderr);
    assert.ok(stderr.includes(nowhere), stderr);
    assert.ok(!stderr.includes('secret'));
  }
});

test('a second stack on the same folder is refused, and the first one goes on', async () => {
  const first = spawn(process.execPath, [MAIN, '--json'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(first, 'exit');
  try {
    const lock = path.join(folder, 'state', 'lock');
    while (!(await readFile(lock, 'utf8').catch(() => ''))) await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stderr } = await start([]);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`process ${first.pid}.*ALREADY_RUNNING`));
    assert.equal(first.exitCode, null);
  } finally {
    first.kill('SIGTERM');
  }
  assert.deepEqual(await exited, [0, null]);
});
