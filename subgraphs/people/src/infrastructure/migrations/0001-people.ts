import type { Migration } from '@marquee/postgres/migrate';

/**
 * Persons and credits.
 *
 * Ids and sort keys have the collation "C": code points order them, on every machine and for good, so that an index
 * outlives an upgrade of the system's collations.
 */
export const people: Migration = {
  name: '0001-people',

  async up(knex) {
    // Names are compared by what they come to here: no case, no accents, words parted by blanks. The dots and slashes go since
    // the text search parser takes "R.D." for a host name and what has a slash for a path. PostgreSQL has unaccent as STABLE only
    // because its dictionary can be exchanged; it is named here, so an index may rest on it. A sort key is cut to what an
    // index entry can hold: unaccent makes several letters of one.
    await knex.raw(`
      create function fold(value text) returns text
      language sql immutable strict parallel safe
      return btrim(regexp_replace(
        translate(
          lower(public.unaccent('public.unaccent'::regdictionary, value)), '-.,''’\`"/\\@:;&+_()', repeat(' ', 18)
        ),
        ' +', ' ', 'g'
      ))`);
    // Most observations of a person change nothing but their time: the pages have room for heap-only updates.
    await knex.raw(`
      create table persons (
        id text collate "C" primary key,
        tmdb_id integer,
        name text not null,
        original_name text,
        gender text check (gender in ('FEMALE', 'MALE', 'NON_BINARY')),
        known_for_department text,
        profile_path text,
        popularity double precision,
        adult boolean not null,
        observed_at timestamptz(3) not null,
        sort_name text collate "C" not null generated always as (left(fold(name), 250)) stored,
        search_text text not null generated always as (
          fold(case when original_name = name then name else name || ' ' || coalesce(original_name, '') end)
        ) stored
      ) with (fillfactor = 80)`);
    await knex.raw(`create index persons_by_popularity on persons (coalesce(popularity, 0), id)`);
    await knex.raw(`create index persons_by_name on persons (sort_name, id)`);
    await knex.raw(`create index persons_by_word on persons using gin (to_tsvector('simple', search_text))`);
    await knex.raw(`create index persons_by_trigram on persons using gin (search_text public.gin_trgm_ops)`);
    await knex.raw(`
      create table credits (
        movie_id text collate "C" not null,
        key text collate "C" not null,
        kind text collate "C" not null check (kind in ('cast', 'crew')),
        credit_id text,
        person_id text collate "C" not null references persons (id),
        department text not null,
        job text,
        character text,
        place integer not null,
        film_rank bigint not null,
        primary key (movie_id, key)
      )`);
    await knex.raw(`create index credits_of_film on credits (movie_id, kind, place, key)`);
    await knex.raw(`create index credits_of_person on credits (person_id, film_rank, movie_id, kind, place, key)`);
  },

  async down(knex) {
    await knex.raw('drop table credits');
    await knex.raw('drop table persons');
    await knex.raw('drop function fold(text)');
  },
};
