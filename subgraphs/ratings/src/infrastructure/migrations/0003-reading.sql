-- Trends, and indexes for the filters and orderings of charts and reviews.

-- migrate:up

-- The decimal formula and its reasons: docs/decisions/0010-trending.md. A heat is the binary logarithm of a sum of votes, each weighted by
-- 2 to the power of its time in half-lives (7 days) since 1970. Heats do not change as time passes, and so neither does the order of movies.
create function heat_after(heat double precision, gained integer, since timestamptz, until timestamptz)
returns double precision
language plpgsql immutable parallel safe
as $$
declare
  moment double precision := extract(epoch from until)::double precision / 604800;
  span double precision := least(extract(epoch from until - since)::double precision / 604800, 1000);
  added double precision;
begin
  if gained <= 0 or since is null then
    return heat;
  end if;
  added := moment + ln(gained) / ln(2::double precision);
  if span > 1e-6 then
    added := added + ln((1 - power(2, -span)) / (span * ln(2::double precision))) / ln(2::double precision);
  end if;
  return case
    when heat is null then added
    else greatest(heat, added) + ln(1 + power(2, -least(abs(heat - added), 1000))) / ln(2::double precision)
  end;
end
$$;

alter table ratings
  add column counted_at timestamptz(3),
  add column heat double precision;

create index ratings_by_heat on ratings (heat, movie_id) where heat is not null;
create index ratings_by_vote_count on ratings (vote_count, movie_id) where weighted_score is not null;
create index reviews_of_movie_by_rating on reviews (movie_id, coalesce(rating, 0), created_at, id);

create index reviews_by_author on reviews (author_username, created_at, id, movie_id)
where author_username is not null;

-- migrate:down

drop index reviews_by_author;
drop index reviews_of_movie_by_rating;
drop index ratings_by_vote_count;
drop index ratings_by_heat;
alter table ratings drop column heat, drop column counted_at;
drop function heat_after(double precision, integer, timestamptz, timestamptz);
