-- Mutations.
--
-- `idempotency_keys`: the results of mutations with an idempotency key, kept for one day at least.
-- `user_ratings`, `user_reviews`: what users wrote; observations and changes of movies never touch it. `ratings` and `reviews` are what
-- clients see: users' rows together with TMDb's.
-- `moderated_reviews`: ids of reviews that moderators removed. `withheld_reviews`: TMDb's content of those that came from TMDb.
-- `movies`: ids of the movies that the movies subgraph has.

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

-- The inverse of `heat_after` for one vote at a known time; null when nearly nothing remains.
create function heat_without(heat double precision, voted_at timestamptz)
returns double precision
language plpgsql immutable parallel safe
as $$
declare
  share double precision := 1 - power(2, least(0, greatest(extract(epoch from voted_at)::double precision / 604800 - heat, -1000)));
begin
  return case when share > 1e-6 then heat + ln(share) / ln(2::double precision) end;
end
$$;

-- TMDb's votes stay in vote_average and vote_count, which observations and the previous version write. Users' votes have columns of their
-- own, and clients see columns generated from both: no writer can forget them, and without users' votes they equal TMDb's to the last
-- digit. No cast to numeric: 8.203 stays 8.203.
alter table ratings
  add column user_vote_count integer not null default 0 check (user_vote_count >= 0),
  add column user_vote_sum double precision not null default 0,
  add column total_count integer not null generated always as (
    least(vote_count::bigint + user_vote_count, 2147483647)::integer
  ) stored,
  add column total_average double precision generated always as (
    case
      when user_vote_count = 0 then vote_average
      when vote_average is null then user_vote_sum / user_vote_count
      else (vote_count * vote_average + user_vote_sum) / (vote_count::bigint + user_vote_count)
    end
  ) stored,
  add column total_score double precision generated always as (
    case
      when user_vote_count = 0 then
        case when vote_count > 0 then (vote_count * vote_average + 500 * 6.5::double precision) / (vote_count + 500::bigint) end
      when vote_average is null then (user_vote_sum + 500 * 6.5::double precision) / (user_vote_count + 500::bigint)
      else (vote_count * vote_average + user_vote_sum + 500 * 6.5::double precision) / (vote_count::bigint + user_vote_count + 500)
    end
  ) stored;

create index ratings_by_total_score on ratings (total_score, movie_id) where total_score is not null;
create index ratings_by_total_count on ratings (total_count, movie_id) where total_score is not null;

-- The planner has no statistics of new columns until the next autovacuum.
analyze ratings;
create table movies (id text collate "C" primary key);

-- voted_at: the time of the first vote, which trends count; a later vote changes rated_at alone.
create table user_ratings (
  movie_id text collate "C" not null,
  subject text collate "C" not null,
  value double precision not null check (value between 0.5 and 10 and value * 2 = floor(value * 2)),
  rated_at timestamptz(3) not null,
  voted_at timestamptz(3) not null,
  primary key (movie_id, subject)
);

create index user_ratings_of_subject on user_ratings (subject, rated_at, movie_id);

create table user_reviews (
  id text collate "C" primary key,
  movie_id text collate "C" not null,
  owner text collate "C" not null,
  author text not null,
  rating double precision,
  content text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3),
  unique (movie_id, owner)
);

alter table reviews add column owner text collate "C";

create table moderated_reviews (
  id text collate "C" primary key,
  moderated_at timestamptz(3) not null default now()
);

create table withheld_reviews (
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

create index withheld_reviews_by_id on withheld_reviews (id);

-- migrate:down

delete from reviews where owner is not null;
alter table reviews drop column owner;
drop table withheld_reviews, moderated_reviews, user_reviews, user_ratings, movies;
delete from ratings where user_vote_count > 0 and vote_count = 0 and counted_at is null;

alter table ratings
  drop column total_score, drop column total_average, drop column total_count,
  drop column user_vote_sum, drop column user_vote_count;

drop function heat_without(double precision, timestamptz);
drop table idempotency_keys;
