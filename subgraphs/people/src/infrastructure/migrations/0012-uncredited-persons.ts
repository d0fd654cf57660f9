import type { Migration } from '@marquee/postgres/migrate';

/** Tells whether a person has a credit in a deleted movie, which may come back. */
export const uncreditedPersons: Migration = {
  name: '0012-uncredited-persons',
  async up(knex) {
    await knex.raw('create index deleted_movies_credits on deleted_movies using gin (withheld_credits jsonb_path_ops)');
  },
  async down(knex) {
    await knex.raw('drop index deleted_movies_credits');
  },
};
