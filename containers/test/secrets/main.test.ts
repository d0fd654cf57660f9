import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAIN = path.resolve(import.meta.dirname, '../../src/secrets/main.ts');

describe('the secrets of an installation', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-secrets-'));
  });
  after(() => rm(folder, { recursive: true }));

  const secretsOf = async (subgraphs: string, ...args: string[]) => {
    const env = { ...process.env, SECRETS_DIR: folder, SUBGRAPHS: subgraphs };
    return (await run(process.execPath, [MAIN, ...args], { env })).stdout;
  };
  const secrets = (...args: string[]) => secretsOf('movies people', ...args);
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  async function all(): Promise<Record<string, string>> {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const names = files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).toSorted();
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
  }

  test('those that make them at once end up with the same ones, and later ones change nothing', async () => {
    await Promise.all([secrets('make'), secrets('make'), secrets('make')]);
    const made = await all();
    assert.equal(made['movies/signing-keys'], made['gateway/signing-keys']);
    await secrets('make');
    assert.deepEqual(await all(), made);
    assert.equal((await stat(path.join(folder, 'vault/secrets.json'))).mode & 0o777, 0o600);
  });

  test('each container gets what it needs: an API no owner, a gateway no database', async () => {
    const names = Object.keys(await all());
    assert.deepEqual(
      names.filter((name) => name.startsWith('movies/')),
      ['movies/database-url', 'movies/signing-keys'],
    );
    assert.deepEqual(
      names.filter((name) => name.startsWith('gateway/')),
      ['gateway/signing-keys', 'gateway/token-key.pem'],
    );
    assert.match(await read('movies/database-url'), /^postgres:\/\/movies_runtime:[\w-]{32}@postgres:5432\/marquee$/);
    assert.match(await read('movies-migration/database-owner-url'), /^postgres:\/\/movies_owner:/);
    assert.match(await read('gateway/token-key.pem'), /BEGIN PUBLIC KEY/);
  });

  test('a token says who it is for and is signed with the key whose public half the gateway has', async () => {
    const token = (await secrets('token', '--subject', 'somebody', '--scopes', 'movies:write', '--days', '1')).trim();
    const [header = '', claims = '', signature = ''] = token.split('.');
    const key = createPublicKey(await read('gateway/token-key.pem'));
    assert.ok(verify(null, Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url')));
    const { iat, exp, jti, ...rest } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    assert.deepEqual(rest, { iss: 'marquee-compose', aud: 'marquee', sub: 'somebody', scope: 'movies:write' });
    assert.equal(exp - iat, 86_400);
    assert.ok(jti);
  });

  test('signing keys rotate without a moment in which two have none in common', async () => {
    const [old = ''] = (await read('gateway/signing-keys')).trim().split('\n');
    await secrets('rotate', 'signing-keys-add');
    const [first, added = ''] = (await read('movies/signing-keys')).trim().split('\n');
    assert.equal(first, old);
    await secrets('rotate', 'signing-keys-use');
    assert.deepEqual((await read('gateway/signing-keys')).trim().split('\n'), [added, old]);
    await secrets('rotate', 'signing-keys-retire');
    assert.deepEqual((await read('movies/signing-keys')).trim().split('\n'), [added]);
  });

  test('passwords rotate alone: those of roles without the administrator, and the other way round', async () => {
    const before = await all();
    await secrets('rotate', 'database-passwords');
    const between = await all();
    assert.notEqual(between['movies/database-url'], before['movies/database-url']);
    assert.equal(between['postgres/password'], before['postgres/password']);
    await secrets('rotate', 'admin-password');
    const after = await all();
    assert.notEqual(after['postgres/password'], between['postgres/password']);
    assert.equal(after['movies/database-url'], between['movies/database-url']);
    assert.ok(after['movies-migration/database-admin-url']?.includes(after['postgres/password'] as string));
  });

  test('a subgraph that is added gets secrets of its own, and nobody else other ones', async () => {
    const before = await all();
    await secretsOf('movies people awards', 'make');
    const { 'vault/secrets.json': _, ...after } = await all();
    assert.match(after['awards/database-url'] ?? '', /^postgres:\/\/awards_runtime:[\w-]{32}@/);
    for (const [file, text] of Object.entries(before)) if (!file.startsWith('vault/')) assert.equal(after[file], text);
  });

  test('without subgraphs nothing is made', async () => {
    await assert.rejects(secretsOf(' ', 'make'), ({ code, stderr }: { code: number; stderr: string }) => {
      assert.equal(code, 2);
      return /SUBGRAPHS is not set/.test(stderr);
    });
  });

  test('a mistake on the command line is said, and exits with 2', async () => {
    for (const args of [
      [],
      ['make', 'more'],
      ['rotate'],
      ['rotate', 'toString'],
      ['token', '--days', '0'],
      ['make', '--nothing'],
    ]) {
      await assert.rejects(secrets(...args), ({ code, stderr }: { code: number; stderr: string }) => {
        assert.equal(code, 2, args.join(' '));
        return /Usage: main.ts make/.test(stderr);
      });
    }
  });
});
