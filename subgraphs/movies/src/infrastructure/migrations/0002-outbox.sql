-- The outbox, and the votes that the ratings subgraph publishes, by which movies are filtered and sorted.
--
-- `entity_versions`: the number of changes of each entity. Rows are never deleted: an entity that is created again continues its count.
-- A writer locks the row until it commits, so versions follow the order of commits.
-- `outbox`: changes that the relay has not published. `seq` is drawn under the lock of the entity's row, so it orders an entity's changes.
-- `inbox_versions`: the last applied version of each entity of another subgraph.
-- `movie_votes`: votes by movie; a row may belong to a movie that this subgraph does not have yet.

-- migrate:up

create table entity_versions (
  entity text collate "C",
  id text collate "C",
  version bigint not null check (version >= 0),
  last_change text not null check (last_change in ('created', 'updated', 'deleted')),
  primary key (entity, id)
) with (fillfactor = 80);

-- A queue: rows live for moments, so autovacuum runs often.
create table outbox (
  seq bigint generated always as identity primary key,
  event_id uuid not null,
  entity text not null,
  entity_id text not null,
  version bigint not null,
  change text not null check (change in ('created', 'updated', 'deleted')),
  tags jsonb not null,
  facts jsonb,
  occurred_at timestamptz(3) not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create function wake_outbox_relay() returns trigger language plpgsql as $$
begin
  perform pg_notify('marquee_outbox', tg_table_schema);
  return null;
end $$;

create trigger outbox_wakes_relay after insert on outbox
for each statement execute function wake_outbox_relay();

create table inbox_versions (
  topic text not null,
  key text not null,
  version bigint not null,
  primary key (topic, key)
) with (fillfactor = 80);

insert into entity_versions (entity, id, version, last_change) select 'Movie', id, 1, 'created' from movies;

create table movie_votes (
  movie_id text collate "C" primary key,
  vote_average double precision,
  vote_count integer not null check (vote_count >= 0),
  weighted_score double precision
) with (fillfactor = 80);

create index movie_votes_by_average on movie_votes (vote_average, movie_id);
create index movie_votes_by_count on movie_votes (vote_count, movie_id);
create index movie_votes_by_weighted_score on movie_votes (weighted_score, movie_id);

-- migrate:down

drop table movie_votes;
drop table inbox_versions, outbox, entity_versions;
drop function wake_outbox_relay();
