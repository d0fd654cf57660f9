-- Work that one replica does at a time (docs/decisions/0029-ingest-queue.md).

-- migrate:up

-- A claim ends with its replica, and so with its heartbeats.
create table claims (
  name text primary key,
  replica bigint not null references replicas on delete cascade
);

-- migrate:down

drop table claims;
