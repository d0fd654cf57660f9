-- Mutations.
--
-- `idempotency_keys`: the results of mutations with an idempotency key, kept for one day at least.
-- `movies`: what this subgraph needs of the movies that the movies subgraph publishes.
-- `persons.observed_at` is null for persons that a client created.
-- `person_overrides`: TMDb's persons that a client edited or deleted. `observed` is TMDb's last observation, a person as the domain has it;
-- `edited` has the time of the edit of each edited field.
-- `credits.version`: the version of the movie's `MovieCredits` at which the credit last changed.
-- `credit_overrides`: credits that differ from TMDb's. `observed` is TMDb's last observation of the credit, null when TMDb does not list it
-- or while the movie is deleted, in which case `deleted_movies` has TMDb's credits. `edits` are the fields that the client set, all of them
-- for a credit that a client created. `state`: `made` by a client; `edited`; `deleted`; `hidden` because its person is deleted.

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

create table movies (
  id text collate "C" primary key,
  release_date date
) with (fillfactor = 90);

alter table persons alter column observed_at drop not null;

create table person_overrides (
  person_id text collate "C" primary key,
  observed jsonb not null,
  observed_at timestamptz(3) not null,
  edited jsonb not null default '{}',
  deleted boolean not null default false
);

alter table credits add column version bigint not null default 1;

create table credit_overrides (
  movie_id text collate "C" not null,
  key text collate "C" not null,
  state text not null check (state in ('made', 'edited', 'deleted', 'hidden')),
  observed jsonb,
  edits jsonb not null default '{}',
  primary key (movie_id, key)
);

create index credit_overrides_of_person
on credit_overrides ((coalesce(observed ->> 'personId', edits ->> 'personId')));

-- migrate:down

drop table credit_overrides;
alter table credits drop column version;
drop table person_overrides;
delete from credits where person_id in (select id from persons where observed_at is null);
delete from persons where observed_at is null;
alter table persons alter column observed_at set not null;
drop table movies;
drop table idempotency_keys;
