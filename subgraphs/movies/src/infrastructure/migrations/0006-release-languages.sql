-- The language of a release, and its content descriptors as a JSON array of strings.

-- migrate:up

alter table movie_releases
  add column language text collate "C",
  add column descriptors jsonb not null default '[]';

-- migrate:down

alter table movie_releases drop column language, drop column descriptors;
