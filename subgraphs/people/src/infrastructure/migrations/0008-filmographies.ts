import type { Migration } from '@marquee/postgres/migrate';

/**
 * Credits carry the release date of their film: a star's filmography by year is then read from one index, not film by film. A credit gets
 * it when it is written; who takes over a film's date changes it in the film's credits.
 */
const RELEASE_DATES = [
  'alter table credits add column release_date date',
  `create function date_credit() returns trigger language plpgsql as $$
  begin
    new.release_date := (select release_date from movies where id = new.movie_id);
    return new;
  end
  $$`,
  'create trigger credits_dated before insert on credits for each row execute function date_credit()',
  `update credits set release_date = movies.release_date from movies
  where movies.id = credits.movie_id and movies.release_date is not null`,
];

/** With what filmographies are filtered and sorted by: of what a person did nothing is read but the page that is shown. */
const INDEX = [
  'drop index credits_of_person',
  `create index credits_of_person on credits (person_id, film_rank, movie_id, kind, place, key)
  include (department, job, release_date)`,
];

/** Filmographies by year. At 10,000,000 credits the index takes a minute or two; credits are dated as movies tells of its films. */
export const filmographies: Migration = {
  name: '0008-filmographies',

  async up(knex) {
    for (const statement of [...RELEASE_DATES, ...INDEX]) await knex.raw(statement);
  },

  async down(knex) {
    await knex.raw('drop index credits_of_person');
    await knex.raw('create index credits_of_person on credits (person_id, film_rank, movie_id, kind, place, key)');
    await knex.raw('drop trigger credits_dated on credits');
    await knex.raw('drop function date_credit()');
    await knex.raw('alter table credits drop column release_date');
  },
};
