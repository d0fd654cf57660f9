import type { Migration } from '@marquee/postgres/migrate';

/** In which language a release is, and what its certification warns of: a JSON array of texts. */
export const releaseLanguages: Migration = {
  name: '0006-release-languages',

  async up(knex) {
    await knex.raw(`
      alter table movie_releases
        add column language text collate "C",
        add column descriptors jsonb not null default '[]'`);
  },

  async down(knex) {
    await knex.raw('alter table movie_releases drop column language, drop column descriptors');
  },
};
