-- Mutations.
--
-- `idempotency_keys`: the results of mutations with an idempotency key, kept for one day at least.
-- `movies.observed_at` is null for movies that a client created.
-- `movie_overrides`: TMDb's value of each field that a client edited, JSON as the field has it.
-- `deleted_movies`: TMDb's observation of each movie that a client deleted; null where TMDb deleted it too.
--
-- Publishes every movie again, now with its release date.

-- migrate:up

create table idempotency_keys (
  subject text collate "C" not null,
  key text collate "C" not null,
  request_hash bytea not null check (length(request_hash) = 32),
  result jsonb,
  created_at timestamptz(3) not null default now(),
  primary key (subject, key)
);

create index idempotency_keys_by_age on idempotency_keys (created_at);
alter table movies alter column observed_at drop not null;

create table movie_overrides (
  movie_id text collate "C" references movies on delete cascade,
  field text collate "C",
  observed jsonb not null,
  edited_at timestamptz(3) not null default now(),
  primary key (movie_id, field)
);

create table deleted_movies (
  movie_id text collate "C" primary key,
  tmdb_id integer,
  observed_at timestamptz,
  content jsonb
);

with changed as (
  update entity_versions v set version = v.version + 1, last_change = 'updated'
  from movies m where v.entity = 'Movie' and v.id = m.id
  returning v.id, v.version, m.release_date
)
insert into outbox (event_id, entity, entity_id, version, change, tags, facts)
select gen_random_uuid(), 'Movie', id, version, 'updated', jsonb_build_array('movie-' || id, 'movies'),
  jsonb_build_object('film', jsonb_build_object('releaseDate', release_date))
from changed;

-- migrate:down

-- Movies that clients created cannot be restored from TMDb.
delete from movies where observed_at is null;
drop table deleted_movies, movie_overrides;
alter table movies alter column observed_at set not null;
drop table idempotency_keys;
