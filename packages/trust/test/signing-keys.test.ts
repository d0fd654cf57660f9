import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { MarqueeError } from '@marquee/runtime/errors';
import { readSigningKeys, type SigningKeyConfig } from '@marquee/trust/signing-keys';

const secret = () => randomBytes(32).toString('base64url');
const keys = (inline: string) => readSigningKeys(config(inline));
const config = (inline?: string, file?: string): SigningKeyConfig => ({
  SUBGRAPH_SIGNING_KEYS: inline,
  SUBGRAPH_SIGNING_KEYS_FILE: file,
});

function refuses(read: () => unknown, message: RegExp) {
  assert.throws(read, (error: unknown) => {
    assert.ok(error instanceof MarqueeError);
    assert.equal(error.code, 'INVALID_CONFIG');
    assert.equal(error.exitCode, 2);
    assert.match(error.message, message);
    return true;
  });
}

test('keys keep their order, the one that signs first', () => {
  const [one, two] = [secret(), secret()];
  const read = keys(` 2026-11:${one} , 2026-10:${two}=,`);
  assert.deepEqual(
    read.map(({ id, secret }) => [id, secret.export().toString('base64url')]),
    [
      ['2026-11', one],
      ['2026-10', two],
    ],
  );
  assert.deepEqual(readSigningKeys(config()), []);
});

test('keys may be in a file, a line each', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-keys-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'keys');
  await writeFile(file, `new:${secret()}\r\nold:${secret()}\n`);
  assert.deepEqual(
    readSigningKeys(config(undefined, file)).map(({ id }) => id),
    ['new', 'old'],
  );
  await writeFile(file, '\n');
  refuses(() => readSigningKeys(config(undefined, file)), /SUBGRAPH_SIGNING_KEYS_FILE: holds no key/);
  refuses(() => readSigningKeys(config(undefined, path.join(folder, 'none'))), /SUBGRAPH_SIGNING_KEYS_FILE: .*ENOENT/);
  refuses(() => readSigningKeys(config(`a:${secret()}`, file)), /unset one of them/);
});

test('mistakes are told by key, all at once, without the secret', () => {
  const short = randomBytes(31).toString('base64url');
  const plain = 'correct horse battery staple, which is long enough';
  refuses(() => keys(`a:${short}`), /key a must be id:base64url of at least 32 random bytes/);
  refuses(() => keys(`a:${secret()},a:${secret()}`), /two keys have the id a/);
  refuses(() => keys(secret()), /key 1 must be id:base64url/);
  refuses(() => keys(`a b:${secret()},c:${short}`), /key 1 must be id:base64url.*\n.*key c must be/);
  for (const text of [`a:${plain}`, plain, plain.replaceAll(' ', '-')]) {
    assert.throws(
      () => keys(text),
      (error: Error) => !error.message.includes('horse'),
    );
  }
});
