import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { buildSite } from '../../build/site-build.ts';

const WEB = path.resolve(import.meta.dirname, '../..');

let root: string;

before(async () => {
  // Beside the workspace, so that the copy finds the same packages and lockfile.
  root = await mkdtemp(path.join(WEB, '../.site-build-'));
  await cp(WEB, root, { recursive: true, filter: (file) => !/\/(dist|test|node_modules)$/.test(file) });
});
after(() => rm(root, { recursive: true }));

test('the site is built once, again after a change, and complete whoever reads it', { timeout: 60_000 }, async () => {
  const begun = performance.now();
  const builds = await Promise.all([buildSite(root), buildSite(root)]);
  assert.ok(performance.now() - begun < 20_000);
  const { folder } = builds[0];
  assert.equal((await buildSite(root)).isNew, false);
  const first = await realpath(folder);
  const html = await readFile(path.join(folder, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|<script(?![^>]* src=)|javascript:|data:| on\w+=/);

  await writeFile(path.join(root, 'public/robots.txt'), 'User-agent: *\n');
  assert.equal((await buildSite(root)).isNew, true);
  assert.notEqual(await realpath(folder), first);
  assert.ok((await readdir(folder)).includes('robots.txt'));
  // Builds of other processes and previous ones leave nothing behind.
  assert.equal((await readdir(path.join(root, 'dist'))).length, 2);
});
