-- The persons billed first in a movie, as the people subgraph publishes them; similar movies share them. A row may belong to a movie that
-- this subgraph does not have.

-- migrate:up

create table movie_top_billed (
  movie_id text collate "C",
  person_id text collate "C",
  primary key (movie_id, person_id)
);

create index movie_top_billed_of_person on movie_top_billed (person_id, movie_id);

-- migrate:down

drop table movie_top_billed;
