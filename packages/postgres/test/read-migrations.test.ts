import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parseMigration, readMigrations } from '../src/read-migrations.ts';

const FILE = '-- Comment.\n\n-- migrate:up\n\ncreate table a ();\n\n-- migrate:down\n\ndrop table a;\n';

describe('readMigrations', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'marquee-migrations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = () => readMigrations(pathToFileURL(`${folder}/`));

  test('reads the files of a folder in the order of their names', () => {
    for (const name of ['0010-b', '0002-a']) writeFileSync(path.join(folder, `${name}.sql`), FILE);
    assert.deepEqual(
      read().map(({ name, up, down }) => ({ name, up: up.trim(), down: down.trim() })),
      ['0002-a', '0010-b'].map((name) => ({ name, up: 'create table a ();', down: 'drop table a;' })),
    );
  });

  test('rejects a file that is no migration', () => {
    writeFileSync(path.join(folder, '1-short.sql'), FILE);
    assert.throws(read, /1-short\.sql/);
  });
});

describe('parseMigration', () => {
  const { checksum } = parseMigration('0001-a', FILE);

  test('computes a checksum that depends on every character but not on the line ends', () => {
    assert.equal(parseMigration('0001-a', FILE.replaceAll('\n', '\r\n')).checksum, checksum);
    assert.notEqual(parseMigration('0001-a', FILE.replace('Comment', 'Another')).checksum, checksum);
  });

  test('rejects text without one of the sections, or with SQL before them', () => {
    const texts = [FILE.replace('-- migrate:up', ''), FILE.replace('-- migrate:down', ''), `drop table b;\n${FILE}`];
    for (const text of texts) assert.throws(() => parseMigration('0001-a', text), /0001-a.*-- migrate:up/);
  });
});
