-- The queue of movies and persons to request from TMDb, and the allowance of requests that all replicas share
-- (docs/decisions/0029-ingest-queue.md, docs/decisions/0030-rate-governor.md).

-- migrate:up

create type entity_kind as enum ('movie', 'person');

-- fresh: refreshed, and due again at due_at. failed: permanently, until retried by hand. absent: TMDb does not have it.
create type entity_state as enum ('queued', 'leased', 'fresh', 'failed', 'absent');

-- In the order in which they are leased. recheck: a change whose response was equal, since TMDb's cache may be hours old.
create type queue_lane as enum ('confirm', 'change', 'recheck', 'retry', 'new', 'refresh');

-- One row for each known movie and person: about 5 million, so the row is narrow and the lane is an index scan at any size.
create table entities (
  id integer not null check (id > 0),
  kind entity_kind not null,
  state entity_state not null default 'queued',
  lane queue_lane not null default 'new',
  popularity real not null default 0,
  due_at timestamptz(3) not null default clock_timestamp(),
  -- That of the last lease: each observation of an entity has a later one.
  version timestamptz(3),
  -- The holder of the lease, or its last one.
  replica bigint,
  refreshed_at timestamptz(3),
  -- End of the max-age of TMDb's response.
  fresh_until timestamptz(3),
  -- First 404 of the details; a second one deletes.
  absent_since timestamptz(3),
  failed_at timestamptz(3),
  attempts smallint not null default 0,
  in_export boolean not null default false,
  changed_while_leased boolean not null default false,
  -- The day of TMDb's list of changes that named the entity last: the list has days, and an entity may change again on the same one.
  listed_on date,
  etag text,
  -- Hash of the published content by part.
  hashes jsonb not null default '{}',
  failure_code text,
  failure_reason text,
  primary key (kind, id)
) with (fillfactor = 80);

create index entities_due on entities (lane, kind, due_at) where state in ('queued', 'fresh') and lane <> 'new';
create index entities_new on entities (kind, popularity desc, id) where state = 'queued' and lane = 'new';
create index entities_leased on entities (replica) where state = 'leased';
create index entities_failed on entities (kind, failure_code) where failure_code is not null;

-- A replica whose heartbeat ends loses its leases and its share of the connections.
create table replicas (
  id bigint generated always as identity primary key,
  name text not null,
  command text not null,
  started_at timestamptz(3) not null default clock_timestamp(),
  heartbeat_at timestamptz(3) not null default clock_timestamp(),
  -- Requests that TMDb accepted in the second before reported_at.
  accepted integer not null default 0,
  reported_at timestamptz(3)
);

-- The version of the last lease: strictly increasing whatever the clock does.
create table lease_clock (
  singleton boolean primary key default true check (singleton),
  version timestamptz(3) not null default '-infinity'
);
insert into lease_clock default values;

-- One budget of requests per second for all replicas.
create table allowance (
  singleton boolean primary key default true check (singleton),
  -- Requests per second that are configured, and that TMDb accepts for now.
  most double precision not null default 39.4,
  rate double precision not null default 39.4,
  -- Time of the next request that nobody has reserved.
  next_at timestamptz not null default clock_timestamp(),
  -- Requests sent before it do not slow the rate down again.
  slowed_at timestamptz not null default '-infinity',
  refusals integer not null default 0,
  -- The time of the next raise of a lowered rate, and the seconds until it after the last refusal.
  raise_at timestamptz not null default '-infinity',
  raise_after_seconds double precision not null default 10,
  -- Totals, for reports.
  refused bigint not null default 0,
  throttled_ms double precision not null default 0
);
insert into allowance default values;

-- Progress of what happens in intervals: the changes that were read, the day of the last census.
create table cursors (
  name text primary key,
  position timestamptz(3) not null
);

-- Ids of an export while a replica reads it; compared with entities once the whole file is valid.
create table export_ids (
  replica bigint not null references replicas on delete cascade,
  id integer not null,
  popularity real not null,
  primary key (replica, id)
);

-- migrate:down

drop table export_ids;
drop table cursors;
drop table allowance;
drop table lease_clock;
drop table replicas;
drop table entities;
drop type queue_lane;
drop type entity_state;
drop type entity_kind;
