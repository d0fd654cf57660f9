import type { Migration } from '@marquee/postgres/migrate';

/** TMDb's number of a part within its film. */
export const castIds: Migration = {
  name: '0006-cast-ids',

  async up(knex) {
    await knex.raw('alter table credits add column cast_id integer');
    // What was applied before holds the number, but it was not kept: the next observation counts as another whatever it says.
    await knex.raw(`
      update inbox_observations set content_hash = sha256('')
      where topic like '%movie-credits.v1' and content_hash is not null`);
  },

  async down(knex) {
    await knex.raw('alter table credits drop column cast_id');
  },
};
