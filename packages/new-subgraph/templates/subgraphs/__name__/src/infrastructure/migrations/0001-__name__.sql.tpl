-- The __name__ of movies.
--
-- Ids have the collation "C": code points order them on every machine, so an index outlives an upgrade of the system's collations.

-- migrate:up

create table movie___name__ (
  movie_id text collate "C" not null,
  id text collate "C" not null,
  place integer not null,
  name text not null,
  primary key (movie_id, id)
);

-- migrate:down

drop table movie___name__;
