import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { deployablesOf } from '../../src/images/deployables.ts';
import { workspacesOf } from '../../src/pruning/workspaces.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

test('a workspace comes with what it needs, and with what that needs, once; development dependencies stay behind', async (t) => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'marquee-pruning-'));
  t.after(() => rm(root, { recursive: true }));
  const write = async (folder: string, manifest: object) => {
    await mkdir(path.join(root, folder), { recursive: true });
    await writeFile(path.join(root, folder, 'package.json'), JSON.stringify(manifest));
  };
  await write('.', { name: 'root', workspaces: ['packages/*', 'app'] });
  await write('app', { name: 'app', dependencies: { a: '*', zod: '^4' }, devDependencies: { testing: '*' } });
  await write('packages/a', { name: 'a', dependencies: { b: '*' } });
  await write('packages/b', { name: 'b', dependencies: { a: '*' } });
  await write('packages/testing', { name: 'testing', dependencies: { b: '*' } });
  assert.deepEqual(workspacesOf(root, 'app'), ['app', 'packages/a', 'packages/b']);
  assert.throws(() => workspacesOf(root, 'nobody'), /there is no workspace nobody/);
});

test('no deployable needs what is for development and tests', () => {
  for (const { name } of deployablesOf(ROOT).filter(({ name }) => name !== 'secrets')) {
    const folders = workspacesOf(ROOT, `@marquee/${name}`);
    assert.ok(folders.includes('packages/runtime'), name);
    assert.ok(!folders.some((folder) => /local-services|testing|local-stack/.test(folder)), name);
  }
});
