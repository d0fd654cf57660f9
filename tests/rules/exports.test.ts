import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

/** Returns the modules of a package that files outside its folder import. */
function importedModules(name: string, folder: string): string[] {
  const args = ['grep', '--untracked', '-hoE', `'${name}/[a-zA-Z0-9/_-]+'`, '--', '*.ts', `:!${folder}`];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  // git grep ends with 1 when nothing matches.
  assert.ok(status === 0 || status === 1, stderr);
  const specifiers = stdout.match(/[^'\n]+/g) ?? [];
  return [...new Set(specifiers.map((specifier) => specifier.replace(name, '.')))].toSorted();
}

for (const file of globSync('packages/*/package.json', { cwd: root })) {
  const folder = path.dirname(file);
  const { name, exports } = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest;

  test(`${name} exports exactly the modules that others import`, () => {
    assert.deepEqual(Object.keys(exports).toSorted(), importedModules(name, folder));
    for (const target of Object.values(exports)) assert.ok(existsSync(path.join(root, folder, target)), target);
  });
}
