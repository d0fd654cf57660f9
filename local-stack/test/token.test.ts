import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { importSPKI, type JWTPayload, jwtVerify } from 'jose';
import { openCredentials } from '../src/credentials.ts';
import { openState, type State } from '../src/state.ts';

const MAIN = path.resolve(import.meta.dirname, '../src/token.ts');

let folder: string;
let state: State;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-token-'));
  state = await openState(folder);
  await openCredentials(state, {});
});
after(async () => {
  await state.release();
  await rm(folder, { recursive: true });
});

const token = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, MARQUEE_STATE_DIR: folder, ...env },
  });

async function claimsOf(text: string): Promise<JWTPayload & { typ: string | undefined; days: number }> {
  const key = await importSPKI(await readFile(state.tokenPublicKeyFile, 'utf8'), 'EdDSA');
  const { payload, protectedHeader } = await jwtVerify(text, key, { issuer: 'marquee-local', audience: 'marquee' });
  return { ...payload, typ: protectedHeader.typ, days: ((payload.exp ?? 0) - (payload.iat ?? 0)) / 86_400 };
}

test('a token is for whom, and permits what, the options say', async () => {
  const cases: [args: string[], sub: string, scope: string, days: number][] = [
    [['--subject', 'alice', '--scopes', 'ratings:write'], 'alice', 'ratings:write', 7],
    [['--scopes', 'movies:write, people:write', '--days', '1'], 'developer', 'movies:write people:write', 1],
    [['--scopes', 'a  b', '--days', '365'], 'developer', 'a b', 365],
    [['--scopes', ''], 'developer', '', 7],
    [[], 'developer', 'movies:write people:write ratings:write ratings:moderate supergraph:read', 7],
  ];
  for (const [args, sub, scope, days] of cases) {
    const { status, stdout, stderr } = token(args);
    assert.deepEqual([status, stderr], [0, ''], args.join(' '));
    const claims = await claimsOf(stdout.trim());
    assert.deepEqual([claims.sub, claims.scope, claims.typ], [sub, scope, 'at+jwt']);
    assert.ok(Math.abs(claims.days - days) < 0.01);
  }
});

test('--json prints one object', async () => {
  const { status, stdout } = token(['--subject', 'bob', '--scopes', 'x:y', '--json']);
  assert.equal(status, 0);
  const { token: text, expiresAt, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { subject: 'bob', scopes: ['x:y'] });
  assert.equal((await claimsOf(text)).exp, Math.floor(Date.parse(expiresAt) / 1000));
});

test('--help tells options and exit codes', () => {
  const { status, stdout } = token(['--help']);
  assert.equal(status, 0);
  for (const word of ['--subject', '--scopes', '--days', '--json', 'Exit codes'])
    assert.ok(stdout.includes(word), word);
});

test('a mistake is told, with exit code 2 and nothing on stdout', async () => {
  const cases: [args: string[], env: Record<string, string>, message: RegExp][] = [
    [['--colour'], {}, /unknown option '--colour'.*USAGE/],
    [['extra'], {}, /too many arguments.*USAGE/],
    [['--subject', ''], {}, /A subject has 1 to 255 characters/],
    [['--subject', 'a\nb'], {}, /A subject has 1 to 255 characters/],
    [['--scopes', 'a"b'], {}, /quotation marks/],
    [['--days', '0'], {}, /--days must be a whole number from 1 to 365/],
    [['--days', '1e3'], {}, /--days must be/],
    [['--days', '-1'], {}, /--days must be/],
    [[], { AUTH_ISSUER: 'https://login.example' }, /AUTH_ISSUER is set/],
    [[], { MARQUEE_STATE_DIR: path.join(folder, 'nowhere') }, /npm start makes it.*NO_TOKEN_KEY/],
  ];
  for (const [args, env, message] of cases) {
    const { status, stdout, stderr } = token(args, env);
    assert.deepEqual([status, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message);
  }
});

test('a key file that holds none is told', async () => {
  const other = await mkdtemp(path.join(os.tmpdir(), 'marquee-token-'));
  try {
    await writeFile(path.join(other, 'token-key.pem'), 'nothing');
    const { status, stderr } = token([], { MARQUEE_STATE_DIR: other });
    assert.equal(status, 1);
    assert.match(stderr, /holds no key of the stack.*INVALID_TOKEN_KEY/);
  } finally {
    await rm(other, { recursive: true });
  }
});
