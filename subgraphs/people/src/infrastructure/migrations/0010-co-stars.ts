import type { Migration } from '@marquee/postgres/migrate';

/** The casts of a star's films are read by the thousand to count who played in them: the index has who it is, so no credit is read. */
export const coStars: Migration = {
  name: '0010-co-stars',

  async up(knex) {
    await knex.raw('drop index credits_of_film');
    await knex.raw('create index credits_of_film on credits (movie_id, kind, place, key) include (person_id)');
  },

  async down(knex) {
    await knex.raw('drop index credits_of_film');
    await knex.raw('create index credits_of_film on credits (movie_id, kind, place, key)');
  },
};
