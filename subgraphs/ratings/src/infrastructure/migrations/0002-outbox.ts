import { outboxMigration } from '@marquee/inbox-outbox/tables';
import type { Migration } from '@marquee/postgres/migrate';

/**
 * The outbox, in which the votes that are there already wait for those who follow them; and the films that movies has deleted.
 * `withheld` is what is known of the votes and reviews of such a film, which no chart and no list shows until the film is there
 * again: JSON as `RatingsObservation` has it, null when nothing is known.
 */
export const outbox: Migration = {
  name: '0002-outbox',

  async up(knex) {
    await outboxMigration.up(knex);
    await knex.raw(`
      insert into entity_versions (entity, id, version, last_change)
      select 'Rating', movie_id, 1, 'created' from ratings
      union all select distinct 'Review', id, 1, 'created' from reviews`);
    await knex.raw(`
      insert into outbox (event_id, entity, entity_id, version, change, tags, facts)
      select gen_random_uuid(), 'Rating', movie_id, 1, 'created', jsonb_build_array('movie-' || movie_id, 'ratings'),
        jsonb_build_object('votes', jsonb_build_object(
          'voteAverage', vote_average, 'voteCount', vote_count, 'weightedScore', weighted_score
        ))
      from ratings`);
    await knex.raw(`
      create table deleted_movies (
        movie_id text collate "C" primary key,
        withheld jsonb
      )`);
  },

  async down(knex) {
    await knex.raw('drop table deleted_movies');
    await outboxMigration.down(knex);
  },
};
