import { outboxMigration } from '@marquee/inbox-outbox/tables';
import type { Migration } from '@marquee/postgres/migrate';

/**
 * The outbox, and what movies keeps of the votes that ratings tells of, to filter and sort films by: the weighted score is
 * ratings' own. A film without a row has no votes that are known here; a row may stand for a film that is not here.
 */
export const outbox: Migration = {
  name: '0002-outbox',

  async up(knex) {
    await outboxMigration.up(knex);
    await knex.raw(`
      insert into entity_versions (entity, id, version, last_change) select 'Movie', id, 1, 'created' from movies`);
    await knex.raw(`
      create table movie_votes (
        movie_id text collate "C" primary key,
        vote_average double precision,
        vote_count integer not null check (vote_count >= 0),
        weighted_score double precision
      ) with (fillfactor = 80)`);
    await knex.raw('create index movie_votes_by_average on movie_votes (vote_average, movie_id)');
    await knex.raw('create index movie_votes_by_count on movie_votes (vote_count, movie_id)');
    await knex.raw('create index movie_votes_by_weighted_score on movie_votes (weighted_score, movie_id)');
  },

  async down(knex) {
    await knex.raw('drop table movie_votes');
    await outboxMigration.down(knex);
  },
};
