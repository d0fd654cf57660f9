-- The event log: topics, partitions, records, compaction and the offsets of consumer groups.

-- migrate:up

create table event_log.topics (
  id integer generated always as identity primary key,
  name text not null unique,
  partitions integer not null check (partitions > 0),
  compacted boolean not null
);

-- A publisher locks the rows of its partitions until it commits: offsets have no gaps and become visible in order.
create table event_log.partitions (
  topic_id integer not null references event_log.topics,
  partition integer not null,
  next_offset bigint not null default 0,
  primary key (topic_id, partition)
) with (fillfactor = 50); -- every publish updates a row: leaves room for heap-only updates

-- Headers are json, since jsonb cannot hold the character U+0000, which Kafka's headers may have.
create table event_log.records (
  topic_id integer not null,
  partition integer not null,
  "offset" bigint not null,
  key bytea,
  value bytea,
  headers json not null,
  "timestamp" timestamptz not null,
  primary key (topic_id, partition, "offset")
);
create index records_by_key on event_log.records (key);
create index records_tombstones on event_log.records (topic_id, partition, "timestamp") where value is null;

-- The offset up to which only the latest record of each key is left.
create table event_log.compactions (
  topic_id integer not null,
  partition integer not null,
  compacted_to bigint not null,
  primary key (topic_id, partition),
  foreign key (topic_id, partition) references event_log.partitions
);

create table event_log.group_offsets (
  group_name text not null,
  topic_id integer not null,
  partition integer not null,
  next_offset bigint not null,
  primary key (group_name, topic_id, partition),
  foreign key (topic_id, partition) references event_log.partitions
) with (fillfactor = 50);
-- migrate:down

drop table event_log.group_offsets, event_log.compactions, event_log.records, event_log.partitions, event_log.topics;
