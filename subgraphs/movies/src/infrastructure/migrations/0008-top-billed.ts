import type { Migration } from '@marquee/postgres/migrate';

/**
 * The persons billed first in a film, as people tells of them, to find films by those that they share. A row may stand for a film that is
 * not here.
 */
export const topBilled: Migration = {
  name: '0008-top-billed',
  async up(knex) {
    await knex.raw(`
      create table movie_top_billed (
        movie_id text collate "C",
        person_id text collate "C",
        primary key (movie_id, person_id)
      )`);
    await knex.raw('create index movie_top_billed_of_person on movie_top_billed (person_id, movie_id)');
  },
  async down(knex) {
    await knex.raw('drop table movie_top_billed');
  },
};
