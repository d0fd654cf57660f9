import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createContext } from '@marquee/runtime/process';
import { SUPERGRAPH, watchedFile } from '../../src/supergraph/watched-file.ts';
import { temporarySupergraph, until } from '../fixtures/gateway-process.ts';

function watched(t: TestContext, path: string) {
  const source = watchedFile(path, SUPERGRAPH, createContext('gateway-test', 'silent').logger);
  let changes = 0;
  const end = source.watch(() => (changes += 1));
  t.after(end);
  return { source, changes: () => changes, end };
}

test('a file that is written in several steps is reported once', async (t) => {
  const { file, remove } = temporarySupergraph('one');
  t.after(remove);
  const { source, changes } = watched(t, file);
  writeFileSync(file, 'two');
  writeFileSync(file, 'three');
  await until(() => changes() > 0);
  assert.equal(changes(), 1);
  assert.equal(await source.read(), 'three');
});

test('a file that is replaced by renaming is followed each time', async (t) => {
  const { file, remove } = temporarySupergraph('one');
  t.after(remove);
  const { source, changes } = watched(t, file);
  for (const text of ['two', 'three']) {
    const before = changes();
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    await until(() => changes() > before);
    assert.equal(await source.read(), text);
  }
});

test('a ConfigMap, whose ..data link is swapped, is followed', async (t) => {
  const { folder, file, remove } = temporarySupergraph('');
  t.after(remove);
  rmSync(file);
  for (const version of ['v1', 'v2']) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'supergraph.graphql'), version);
  }
  symlinkSync('v1', join(folder, '..data'));
  symlinkSync('..data/supergraph.graphql', file);
  const { source, changes } = watched(t, file);
  assert.equal(await source.read(), 'v1');
  symlinkSync('v2', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  await until(() => changes() > 0);
  assert.equal(await source.read(), 'v2');
});

test('a change behind a link out of the folder is found by polling', async (t) => {
  const target = temporarySupergraph('one');
  const link = temporarySupergraph('');
  t.after(() => [target, link].forEach(({ remove }) => void remove()));
  rmSync(link.file);
  symlinkSync(target.file, link.file);
  const { source, changes } = watched(t, link.file);
  writeFileSync(target.file, 'another');
  await until(() => changes() > 0);
  assert.equal(await source.read(), 'another');
});

test('nothing is reported after the end of the watch', async (t) => {
  const { file, remove } = temporarySupergraph('one');
  t.after(remove);
  const { changes, end } = watched(t, file);
  writeFileSync(file, 'two');
  end();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(changes(), 0);
});

test('the error of an unreadable file names it', async () => {
  const source = watchedFile('/nowhere/supergraph.graphql', SUPERGRAPH, createContext('gateway-test', 'silent').logger);
  await assert.rejects(source.read(), {
    code: 'SUPERGRAPH_UNREADABLE',
    exitCode: 2,
    message: 'The supergraph file /nowhere/supergraph.graphql cannot be read: it does not exist.',
  });
});
