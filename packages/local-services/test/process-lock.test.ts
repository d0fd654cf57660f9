import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { acquireLock } from '../src/process-lock.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-lock-'));
});
after(() => rm(folder, { recursive: true }));

test('one at a time, and free again after the release', async () => {
  const file = path.join(folder, 'one');
  const first = await acquireLock(file);
  assert.ok(first.held && !first.recovered);
  assert.deepEqual(await acquireLock(file), { held: false, owner: process.pid });
  await first.release();
  assert.ok((await acquireLock(file)).held);
});

for (const [name, mark] of [
  ['a process that is gone', '999999999 1\n'],
  ['another process that got the same id since', `${process.pid} 1\n`],
  ['a write that was cut off', ''],
] as const) {
  test(`the lock of ${name} is taken over`, async () => {
    const file = path.join(folder, name);
    await writeFile(file, mark);
    const attempt = await acquireLock(file);
    assert.ok(attempt.held && attempt.recovered);
  });
}
