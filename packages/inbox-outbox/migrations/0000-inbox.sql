-- The inbox.
--
-- `inbox_offsets`: the next offset to apply for each partition. A consumer locks the row while it applies a batch.
-- `inbox_observations`: the last observation applied for each key, deletions included. Rows are never deleted, so that an
-- observation older than a deletion is recognised when it arrives late.

-- migrate:up

create table inbox_offsets (
  topic text not null,
  partition integer not null,
  next_offset bigint not null check (next_offset >= 0),
  primary key (topic, partition)
) with (fillfactor = 50);

create table inbox_observations (
  topic text not null,
  key text not null,
  observed_at timestamptz not null,
  content_hash bytea check (length(content_hash) = 32),
  deleted boolean not null,
  primary key (topic, key),
  check (deleted = (content_hash is null))
) with (fillfactor = 90);

-- migrate:down

drop table inbox_observations, inbox_offsets;
