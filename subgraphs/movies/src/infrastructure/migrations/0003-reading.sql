-- The movie count, votes for every movie, CJK search, and indexes for the filters of lists.

-- migrate:up

-- The number of movies, kept by triggers: counting 1,000,000 rows takes 0.1 s. The count is the sum of the rows that a reader sees. Each
-- change adds a row and merges the rows that no other transaction has locked, so writers never wait for one another.
create table movie_count (films bigint not null);

create function count_movies() returns trigger language plpgsql as $$
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

create trigger count_inserted after insert on movies
  referencing new table as changed for each statement execute function count_movies();

create trigger count_deleted after delete on movies
  referencing old table as changed for each statement execute function count_movies();

create trigger count_none after truncate on movies for each statement execute function count_movies();

-- Fire for replicated writes too.
alter table movies enable always trigger count_inserted;
alter table movies enable always trigger count_deleted;
alter table movies enable always trigger count_none;

-- The triggers hold a lock against writes until the commit, so no row is missed.
insert into movie_count select count(*) from movies;

-- Every movie has a row of votes, so that lists can follow the order of votes: 0 votes until ratings publishes some, and again after
-- ratings deletes them.
create function keep_votes() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'movies' then
    insert into movie_votes (movie_id, vote_count) select id, 0 from changed order by id on conflict do nothing;
  else
    insert into movie_votes (movie_id, vote_count)
    select movie_id, 0 from changed join movies on movies.id = changed.movie_id order by movie_id on conflict do nothing;
  end if;
  return null;
end
$$;

create trigger votes_inserted after insert on movies
  referencing new table as changed for each statement execute function keep_votes();

create trigger votes_deleted after delete on movie_votes
  referencing old table as changed for each statement execute function keep_votes();

alter table movies enable always trigger votes_inserted;
alter table movie_votes enable always trigger votes_deleted;
insert into movie_votes (movie_id, vote_count) select id, 0 from movies on conflict do nothing;

-- Nulls sort last in both directions, as in 0001; range filters use these indexes too.
drop index movie_votes_by_average, movie_votes_by_weighted_score;
create index movie_votes_by_average_asc on movie_votes (coalesce(vote_average, 11), movie_id);
create index movie_votes_by_average_desc on movie_votes (coalesce(vote_average, -1), movie_id);
create index movie_votes_by_score_asc on movie_votes (coalesce(weighted_score, 11), movie_id);
create index movie_votes_by_score_desc on movie_votes (coalesce(weighted_score, -1), movie_id);

-- Han, kana and Hangul: scripts that do not separate words with spaces. The katakana middle dot (U+30FB) separates words, so it is
-- left out.
--
-- Returns each character of these scripts and each pair of neighbours. A title that contains all of a query's pairs nearly always
-- contains the query. Trigrams would miss words of two characters, the most common length.
create function cjk_grams(value text) returns text[] language plpgsql immutable strict parallel safe as $$
begin
  if value !~ '[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]' then
    return '{}';
  end if;
  return (
    select array_agg(distinct substr(run[1], place, size) order by substr(run[1], place, size))
    from regexp_matches(value, '[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+', 'g') as run
    cross join generate_series(1, 2) as size
    cross join generate_series(1, length(run[1]) - size + 1) as place
  );
end
$$;

create function without_cjk(value text) returns text language sql immutable strict parallel safe
return regexp_replace(value, '[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+', ' ', 'g');

-- Covers the columns of the filters: movies that a filter excludes are not read from the table.
drop index movies_by_popularity;

create index movies_by_popularity on movies (popularity, id)
  include (original_language, release_date, runtime, budget, revenue, status, adult, video, collection_id);

-- Hash indexes: titles have no greatest length, and trigrams of a common word match every third title.
create index movies_by_folded_title on movies using hash (folded_title);
create index movies_by_folded_original_title on movies using hash (folded_original_title);
create index movies_by_cjk on movies using gin (cjk_grams(folded_title || ' ' || folded_original_title));
create index movie_production_companies_by_company on movie_production_companies (company_id, movie_id);
create index movie_production_countries_by_country on movie_production_countries (country_code, movie_id);
create index movie_origin_countries_by_country on movie_origin_countries (country_code, movie_id);
create index movie_spoken_languages_by_language on movie_spoken_languages (language_code, movie_id);
create index movie_keywords_by_keyword on movie_keywords (keyword_id, movie_id);

create index movie_releases_by_certification on movie_releases (country, certification, movie_id)
  where certification is not null;

create index keywords_by_name on keywords (fold(name) collate "C", id);
create index companies_by_name on companies (fold(name) collate "C", id);
create index collections_by_name on collections (fold(name) collate "C", id);

-- migrate:down

drop index collections_by_name, companies_by_name, keywords_by_name, movies_by_cjk, movie_releases_by_certification,
  movie_keywords_by_keyword, movie_spoken_languages_by_language, movie_origin_countries_by_country,
  movie_production_countries_by_country, movie_production_companies_by_company,
  movies_by_folded_original_title, movies_by_folded_title, movies_by_popularity;

create index movies_by_popularity on movies (popularity, id);
drop function without_cjk(text);
drop function cjk_grams(text);

drop index movie_votes_by_score_desc, movie_votes_by_score_asc, movie_votes_by_average_desc,
  movie_votes_by_average_asc;

create index movie_votes_by_average on movie_votes (vote_average, movie_id);
create index movie_votes_by_weighted_score on movie_votes (weighted_score, movie_id);
drop trigger votes_deleted on movie_votes;
drop trigger votes_inserted on movies;
drop function keep_votes();
drop trigger count_none on movies;
drop trigger count_deleted on movies;
drop trigger count_inserted on movies;
drop function count_movies();
drop table movie_count;
