import type { Migration } from '../src/migrate.ts';
import { parseMigration } from '../src/read-migrations.ts';

/** A migration of these statements. */
export function migration(name: string, up: string, down = ''): Migration {
  return parseMigration(name, `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`);
}

/** Two migrations that cannot run twice; the second sleeps between its two tables. */
export function slowMigrations(seconds: number): [Migration, Migration] {
  return [
    migration('0001-first', 'create table first (id int);', 'drop table first;'),
    migration(
      '0002-second',
      `create table second (id int); select pg_sleep(${seconds}); create table third (id int);`,
      'drop table second, third;',
    ),
  ];
}
