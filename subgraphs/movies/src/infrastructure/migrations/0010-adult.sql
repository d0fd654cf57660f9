-- Lists exclude adult movies unless the client includes them.

-- migrate:up

-- The count of 0003, with the number of adult movies.
alter table movie_count add column adult_films bigint not null default 0;

create or replace function count_movies() returns trigger language plpgsql as $$
declare
  change bigint := 0;
  adult_change bigint := 0;
begin
  if tg_op = 'INSERT' then
    select count(*), count(*) filter (where adult) into change, adult_change from changed;
  elsif tg_op = 'DELETE' then
    select -count(*), -count(*) filter (where adult) into change, adult_change from changed;
  elsif tg_op = 'UPDATE' then
    adult_change := case when new.adult then 1 else -1 end;
  else
    delete from movie_count;
    return null;
  end if;
  if change <> 0 or adult_change <> 0 then
    with folded as (
      delete from movie_count where ctid = any(array(select ctid from movie_count for update skip locked))
      returning films, adult_films
    )
    insert into movie_count (films, adult_films)
    select change + coalesce(sum(films), 0), adult_change + coalesce(sum(adult_films), 0) from folded;
  end if;
  return null;
end
$$;

create trigger count_adult after update of adult on movies
  for each row when (old.adult <> new.adult) execute function count_movies();

alter table movies enable always trigger count_adult;

-- The triggers hold a lock against writes until the commit, so no row is missed.
insert into movie_count (films, adult_films) select 0, count(*) from movies where adult;

-- Lists are counted from this index without reading the table.
create index adult_movies on movies (id) where adult;

-- Publishes every adult movie again: other subgraphs take a movie for not adult until then.
with changed as (
  update entity_versions v set version = v.version + 1, last_change = 'updated'
  from movies m where v.entity = 'Movie' and v.id = m.id and m.adult
  returning v.id, v.version, m.release_date
)
insert into outbox (event_id, entity, entity_id, version, change, tags, facts)
select gen_random_uuid(), 'Movie', id, version, 'updated', jsonb_build_array('movie-' || id, 'movies'),
  jsonb_build_object('film', jsonb_build_object('releaseDate', release_date, 'adult', true))
from changed;

-- migrate:down

drop index adult_movies;
drop trigger count_adult on movies;

create or replace function count_movies() returns trigger language plpgsql as $$
declare
  change bigint;
begin
  if tg_op = 'INSERT' then
    select count(*) into change from changed;
  elsif tg_op = 'DELETE' then
    select -count(*) into change from changed;
  else
    delete from movie_count;
    return null;
  end if;
  if change <> 0 then
    with folded as (
      delete from movie_count where ctid = any(array(select ctid from movie_count for update skip locked)) returning films
    )
    insert into movie_count select change + coalesce(sum(films), 0) from folded;
  end if;
  return null;
end
$$;

alter table movie_count drop column adult_films;
