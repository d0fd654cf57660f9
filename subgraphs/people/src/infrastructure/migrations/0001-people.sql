-- Persons and credits.
--
-- Ids and sort keys have the collation "C": code points order them on every machine, so an index outlives an upgrade of the system's
-- collations.

-- migrate:up

-- Folds names for comparison: no case, no accents, words separated by spaces. Dots and slashes are removed, since the text search parser
-- reads "R.D." as a host name and a slash as a path. `unaccent` is stable only because its default dictionary can change; the function
-- names the dictionary, so indexes may depend on it.
create function fold(value text) returns text
language sql immutable strict parallel safe
return btrim(regexp_replace(
  translate(
    lower(public.unaccent('public.unaccent'::regdictionary, value)), '-.,''’`"/\@:;&+_()', repeat(' ', 18)
  ),
  ' +', ' ', 'g'
));

-- Most observations of a person change only their time: the fill factor leaves room for heap-only updates. A sort key is cut to what an
-- index entry can hold, since unaccent may turn one letter into several.
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
) with (fillfactor = 80);

create index persons_by_popularity on persons (coalesce(popularity, 0), id);
create index persons_by_name on persons (sort_name, id);
create index persons_by_word on persons using gin (to_tsvector('simple', search_text));
create index persons_by_trigram on persons using gin (search_text public.gin_trgm_ops);

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
);

create index credits_of_film on credits (movie_id, kind, place, key);
create index credits_of_person on credits (person_id, film_rank, movie_id, kind, place, key);

-- migrate:down

drop table credits;
drop table persons;
drop function fold(text);
