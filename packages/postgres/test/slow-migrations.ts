import type { Migration } from '../src/migrate.ts';

/** Two migrations that cannot be applied twice; the second takes its time between its two tables. */
export function slowMigrations(seconds: number): Migration[] {
  return [
    {
      name: '0001-first',
      up: async (knex) => void (await knex.raw('create table first (id int)')),
      down: async (knex) => void (await knex.raw('drop table first')),
    },
    {
      name: '0002-second',
      up: async (knex) => {
        await knex.raw('create table second (id int)');
        await knex.raw('select pg_sleep(?)', [seconds]);
        await knex.raw('create table third (id int)');
      },
      down: async (knex) => void (await knex.raw('drop table second, third')),
    },
  ];
}
