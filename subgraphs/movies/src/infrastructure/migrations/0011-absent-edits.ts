import type { Migration } from '@marquee/postgres/migrate';

/**
 * `absent_movie_edits` holds what clients said of fields of movies that TMDb has deleted, JSON as the field has it, until TMDb tells of
 * the movie again. Rows of `movie_overrides` go with their movie, and the value of an edited field stands in the movie itself.
 */
export const absentEdits: Migration = {
  name: '0011-absent-edits',
  async up(knex) {
    await knex.raw(`create table absent_movie_edits (
      movie_id text collate "C",
      field text collate "C",
      edited jsonb not null,
      edited_at timestamptz(3) not null,
      primary key (movie_id, field)
    )`);
  },
  async down(knex) {
    await knex.raw('drop table absent_movie_edits');
  },
};
