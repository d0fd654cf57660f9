import type { Migration } from '@marquee/postgres/migrate';
import { mutationsMigration } from '@marquee/subgraph/mutations/tables';

/**
 * What clients write.
 *
 * - `movies`: the films of which movies tells, as far as it matters here.
 * - `persons.observed_at` is null for a person that a client made.
 * - `person_overrides`: persons of TMDb's of whom a client has edited fields, or whom one has deleted. `observed` is what TMDb last said of
 *   them, a person as the domain has it; `edited` says of each field that is the client's since when.
 * - `credits.version`: the version of the film's `MovieCredits` at which the credit last changed.
 * - `credit_overrides`: where a film's credits are not those that TMDb lists. `observed` is what TMDb last said of the credit, null when it
 *   does not list it, or while movies has deleted the film: `deleted_movies` then has all that TMDb says. `edits` are the
 *   fields that are the client's: all of them for a credit that a client made. `state`: `made` by a client; `edited`; `deleted`;
 *   `hidden`, since its person is deleted.
 */
export const writing: Migration = {
  name: '0004-writing',

  async up(knex) {
    await mutationsMigration.up(knex);
    await knex.raw(`
      create table movies (
        id text collate "C" primary key,
        release_date date
      ) with (fillfactor = 90)`);
    await knex.raw('alter table persons alter column observed_at drop not null');
    await knex.raw(`
      create table person_overrides (
        person_id text collate "C" primary key,
        observed jsonb not null,
        observed_at timestamptz(3) not null,
        edited jsonb not null default '{}',
        deleted boolean not null default false
      )`);
    await knex.raw('alter table credits add column version bigint not null default 1');
    await knex.raw(`
      create table credit_overrides (
        movie_id text collate "C" not null,
        key text collate "C" not null,
        state text not null check (state in ('made', 'edited', 'deleted', 'hidden')),
        observed jsonb,
        edits jsonb not null default '{}',
        primary key (movie_id, key)
      )`);
    await knex.raw(`
      create index credit_overrides_of_person
      on credit_overrides ((coalesce(observed ->> 'personId', edits ->> 'personId')))`);
  },

  async down(knex) {
    await knex.raw('drop table credit_overrides');
    await knex.raw('alter table credits drop column version');
    await knex.raw('drop table person_overrides');
    await knex.raw(`delete from credits where person_id in (select id from persons where observed_at is null)`);
    await knex.raw('delete from persons where observed_at is null');
    await knex.raw('alter table persons alter column observed_at set not null');
    await knex.raw('drop table movies');
    await mutationsMigration.down(knex);
  },
};
