import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Migration } from './migrate.ts';

const FILE_NAME = /^(\d{4}-[a-z0-9-]+)\.sql$/;

/** Comments, then two sections, marked as in dbmate (https://github.com/amacneil/dbmate#creating-migrations). */
const SECTIONS = /^(?:(?:--[^\n]*)?\n)*?-- migrate:up\n(.*?)\n-- migrate:down\n(.*)$/s;

/**
 * Reads the migrations of a schema from `.sql` files, in the order of their names.
 *
 * @throws Error when a file of the folder is not named `0001-lower-case.sql`, or lacks a section
 */
export function readMigrations(folder: URL): readonly Migration[] {
  return readdirSync(folder)
    .toSorted()
    .map((file) => {
      const [, name] = FILE_NAME.exec(file) ?? [];
      if (name === undefined) throw new Error(`Unexpected file ${file} in ${folder.pathname}: name it 0001-name.sql.`);
      return parseMigration(name, readFileSync(new URL(file, folder), 'utf8'));
    });
}

/** Parses the text of a migration file. Line ends of Windows leave the checksum as it is. */
export function parseMigration(name: string, text: string): Migration {
  const sql = text.replaceAll('\r\n', '\n');
  const [, up, down] = SECTIONS.exec(sql) ?? [];
  if (up === undefined || down === undefined) {
    throw new Error(
      `Migration ${name}: expected comments, a line "-- migrate:up", SQL, a line "-- migrate:down" and SQL.`,
    );
  }
  return { name, up, down, checksum: createHash('sha256').update(sql).digest('hex') };
}
