-- The client's value of each edited field of movies that TMDb has deleted, JSON as the field has it, until TMDb has the movie again. Rows of
-- `movie_overrides` are deleted with their movie, and edited values are stored in the movie itself.

-- migrate:up

create table absent_movie_edits (
  movie_id text collate "C",
  field text collate "C",
  edited jsonb not null,
  edited_at timestamptz(3) not null,
  primary key (movie_id, field)
);

-- migrate:down

drop table absent_movie_edits;
