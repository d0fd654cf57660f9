import { outboxMigration } from '@marquee/inbox-outbox/tables';
import type { Migration } from '@marquee/postgres/migrate';

/**
 * The outbox, and the films that movies has deleted. `withheld_credits` is the cast and crew of such a film, which no list shows until
 * the film is there again: a JSON array of credits as the domain has them.
 */
export const outbox: Migration = {
  name: '0002-outbox',

  async up(knex) {
    await outboxMigration.up(knex);
    await knex.raw(`
      insert into entity_versions (entity, id, version, last_change)
      select 'Person', id, 1, 'created' from persons
      union all select distinct 'MovieCredits', movie_id, 1, 'created' from credits`);
    await knex.raw(`
      create table deleted_movies (
        movie_id text collate "C" primary key,
        withheld_credits jsonb not null default '[]'
      )`);
  },

  async down(knex) {
    await knex.raw('drop table deleted_movies');
    await outboxMigration.down(knex);
  },
};
