import type { Migration } from '@marquee/postgres/migrate';

/**
 * Adds the tables and indexes that make loads cheaper.
 *
 * `person_overwrites` has one row: how often observations have overwritten persons. A transaction that left persons alone sees by it
 * whether any was overwritten meanwhile.
 *
 * Credits come with their movie's release date where it is known. The trigger is left for those that do not, such as those of the release
 * before.
 */
const STATEMENTS = [
  'create table person_overwrites (total bigint not null) with (fillfactor = 10)',
  'insert into person_overwrites values (0)',
  'drop trigger credits_dated on credits',
  `create trigger credits_dated before insert on credits
  for each row when (new.release_date is null) execute function date_credit()`,
];

export const loading: Migration = {
  name: '0014-loading',

  async up(knex) {
    for (const statement of STATEMENTS) await knex.raw(statement);
  },

  async down(knex) {
    await knex.raw('drop trigger credits_dated on credits');
    await knex.raw('create trigger credits_dated before insert on credits for each row execute function date_credit()');
    await knex.raw('drop table person_overwrites');
  },
};
