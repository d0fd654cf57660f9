-- Votes and reviews.
--
-- Ids have the collation "C": code points order them on every machine, so an index outlives an upgrade of the system's collations.

-- migrate:up

-- Weighted score: v / (v + m) * R + m / (v + m) * C with m = 500 votes and C = 6.5 (docs/decisions/0003-weighted-score.md).
create table ratings (
  movie_id text collate "C" primary key,
  vote_average double precision,
  vote_count integer not null check (vote_count >= 0),
  weighted_score double precision generated always as (
    case when vote_count > 0 then (vote_count * vote_average + 500 * 6.5::double precision) / (vote_count + 500::bigint) end
  ) stored
);

create index ratings_by_weighted_score on ratings (weighted_score, movie_id) where weighted_score is not null;

create table reviews (
  movie_id text collate "C" not null,
  id text collate "C" not null,
  author text not null,
  author_name text,
  author_username text,
  author_avatar_path text,
  rating double precision,
  content text not null,
  url text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3),
  primary key (movie_id, id)
);

create index reviews_of_movie on reviews (movie_id, created_at, id);
create index reviews_by_id on reviews (id, created_at, movie_id);

-- migrate:down

drop table reviews;
drop table ratings;
