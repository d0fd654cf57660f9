-- The members of a movie's lists as one array, by which movies are filtered. 1,000,000 movies take one minute.
--
-- A combination of genres, keywords, certifications and so on is then one lookup in one index, which intersects lists of movies without
-- reading movies. A table of its own, so that it changes only when a list does.

-- migrate:up

create table movie_facets (
  movie_id text collate "C" primary key references movies on delete cascade,
  facets text[] collate "C" not null default '{}',
  stale boolean not null default false
) with (fillfactor = 90);

-- Statistics for the 10,000 most common facets.
alter table movie_facets alter facets set statistics 1000;

-- A facet is the letter of its list followed by the member.
create function facets_of(movie text) returns text[] language sql stable parallel safe
begin atomic
  select coalesce(array_agg(distinct held.facet), '{}') from (
    select ('g' || genre_id) collate "C" as facet from movie_genres l where l.movie_id = movie
    union all select ('k' || keyword_id) collate "C" as facet from movie_keywords l where l.movie_id = movie
    union all select ('b' || company_id) collate "C" as facet from movie_production_companies l where l.movie_id = movie
    union all select ('p' || country_code) collate "C" as facet from movie_production_countries l where l.movie_id = movie
    union all select ('o' || country_code) collate "C" as facet from movie_origin_countries l where l.movie_id = movie
    union all select ('s' || language_code) collate "C" as facet from movie_spoken_languages l where l.movie_id = movie
    union all select ('r' || country || ':' || certification) collate "C" as facet from movie_releases l where l.movie_id = movie
  ) held
  where held.facet is not null;
end;

-- Triggers maintain the facets for every writer. A statement that changes a list marks its movies as stale; the commit computes the
-- facets of each stale movie once.
create function add_facets() returns trigger language plpgsql as $$
begin
  insert into movie_facets (movie_id) select id from changed order by id on conflict do nothing;
  return null;
end
$$;

create trigger facets_inserted after insert on movies
  referencing new table as changed for each statement execute function add_facets();

create function mark_facets() returns trigger language plpgsql as $$
begin
  update movie_facets set stale = true where not stale and movie_id in (select movie_id from changed);
  return null;
end
$$;

do $$
declare
  list text;
begin
  foreach list in array array[
    'movie_genres', 'movie_keywords', 'movie_production_companies', 'movie_production_countries', 'movie_origin_countries',
    'movie_spoken_languages', 'movie_releases'
  ] loop
    execute format(
      'create trigger facets_marked_by_insert after insert on %I referencing new table as changed
      for each statement execute function mark_facets()', list
    );
    execute format(
      'create trigger facets_marked_by_update after update on %I referencing new table as changed
      for each statement execute function mark_facets()', list
    );
    execute format(
      'create trigger facets_marked_by_delete after delete on %I referencing old table as changed
      for each statement execute function mark_facets()', list
    );
  end loop;
end
$$;

create function keep_facets() returns trigger language plpgsql as $$
begin
  update movie_facets set facets = facets_of(movie_id), stale = false where movie_id = new.movie_id and stale;
  return null;
end
$$;

create constraint trigger facets_kept after update on movie_facets deferrable initially deferred
  for each row when (new.stale) execute function keep_facets();

-- Computes all facets list by list, which is faster than movie by movie.
insert into movie_facets (movie_id, facets)
select m.id, coalesce(held.facets, '{}') from movies m left join (
  select movie_id, array_agg(distinct facet) as facets from (
    select movie_id, ('g' || genre_id) collate "C" as facet from movie_genres
    union all select movie_id, ('k' || keyword_id) collate "C" as facet from movie_keywords
    union all select movie_id, ('b' || company_id) collate "C" as facet from movie_production_companies
    union all select movie_id, ('p' || country_code) collate "C" as facet from movie_production_countries
    union all select movie_id, ('o' || country_code) collate "C" as facet from movie_origin_countries
    union all select movie_id, ('s' || language_code) collate "C" as facet from movie_spoken_languages
    union all select movie_id, ('r' || country || ':' || certification) collate "C" as facet from movie_releases
  ) member where facet is not null group by 1
) held on held.movie_id = m.id;

create index movie_facets_by_facet on movie_facets using gin (facets);
analyze movie_facets;

-- migrate:down

do $$
declare
  list text;
begin
  foreach list in array array[
    'movie_genres', 'movie_keywords', 'movie_production_companies', 'movie_production_countries', 'movie_origin_countries',
    'movie_spoken_languages', 'movie_releases'
  ] loop
    execute format('drop trigger facets_marked_by_insert on %I', list);
    execute format('drop trigger facets_marked_by_update on %I', list);
    execute format('drop trigger facets_marked_by_delete on %I', list);
  end loop;
end
$$;

drop trigger facets_inserted on movies;
drop table movie_facets;
drop function keep_facets(), mark_facets(), add_facets(), facets_of(text);
