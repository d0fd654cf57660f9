import type { Migration } from '@marquee/postgres/migrate';

/** Which movies are pornographic, as movies tells: lists leave them out unless asked for them. */
export const adult: Migration = {
  name: '0005-adult',

  async up(knex) {
    await knex.raw('alter table movies add column adult boolean not null default false');
    await knex.raw('create index adult_movies on movies (id) where adult');
  },

  async down(knex) {
    await knex.raw('drop index adult_movies');
    await knex.raw('alter table movies drop column adult');
  },
};
