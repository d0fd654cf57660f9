import type { Migration } from '@marquee/postgres/migrate';
import { mutationsMigration } from '@marquee/subgraph/mutations/tables';

/**
 * What clients write. A film that a client made was never observed. `movie_overrides` holds what TMDb says of each field that a client
 * edited, JSON as the field has it; `deleted_movies` holds what TMDb says of each film that a client deleted, null where TMDb has
 * deleted it as well.
 *
 * Every film that is there is told again, now with its release date.
 */
const TABLES = [
  'alter table movies alter column observed_at drop not null',
  `create table movie_overrides (
    movie_id text collate "C" references movies on delete cascade,
    field text collate "C",
    observed jsonb not null,
    edited_at timestamptz(3) not null default now(),
    primary key (movie_id, field)
  )`,
  `create table deleted_movies (
    movie_id text collate "C" primary key,
    tmdb_id integer,
    observed_at timestamptz,
    content jsonb
  )`,
];

const TELL_AGAIN = `
  with told as (
    update entity_versions known set version = known.version + 1, last_change = 'updated'
    from movies m where known.entity = 'Movie' and known.id = m.id
    returning known.id, known.version, m.release_date
  )
  insert into outbox (event_id, entity, entity_id, version, change, tags, facts)
  select gen_random_uuid(), 'Movie', id, version, 'updated', jsonb_build_array('movie-' || id, 'movies'),
    jsonb_build_object('film', jsonb_build_object('releaseDate', release_date))
  from told`;

export const writing: Migration = {
  name: '0004-writing',
  async up(knex) {
    await mutationsMigration.up(knex);
    for (const statement of [...TABLES, TELL_AGAIN]) await knex.raw(statement);
  },
  async down(knex) {
    // Of films that clients made nobody else can tell.
    await knex.raw('delete from movies where observed_at is null');
    await knex.raw('drop table deleted_movies, movie_overrides');
    await knex.raw('alter table movies alter column observed_at set not null');
    await mutationsMigration.down(knex);
  },
};
