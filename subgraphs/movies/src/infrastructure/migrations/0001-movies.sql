-- Movies and what they refer to.
--
-- Ids are compared byte by byte ("C"), titles by the Unicode Collation Algorithm. Lists keep TMDb's order in `position` and may repeat
-- an entry, as TMDb's lists can. Foreign keys to rows that movies share are checked at the commit: a transaction writes those rows last
-- and holds their locks briefly.

-- migrate:up

-- Folds titles and queries for comparison: compatibility forms, no accents, lower case, no apostrophes, a space for other punctuation.
-- Declared immutable although `unaccent` is stable: its rules file does not change while a server runs.
create function fold(value text) returns text language sql immutable strict parallel safe
return btrim(regexp_replace(
  translate(lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, nfkc)) collate "und-x-icu"), '''’‘ʼ', ''),
  '[[:punct:][:space:]]+' collate "und-x-icu", ' ', 'g'
));

create table genres (id integer primary key, name text not null, observed_at timestamptz not null);
create table keywords (id integer primary key, name text not null, observed_at timestamptz not null);
create table companies (
  id integer primary key, name text not null, logo_path text, origin_country text, observed_at timestamptz not null
);
create table countries (code text collate "C" primary key, name text not null, observed_at timestamptz not null);
create table languages (
  code text collate "C" primary key, name text, english_name text, observed_at timestamptz not null
);
create table collections (
  id integer primary key, name text not null, poster_path text, backdrop_path text, observed_at timestamptz not null
);

create table movies (
  id text collate "C" primary key,
  tmdb_id integer,
  imdb_id text,
  title text not null,
  original_title text not null,
  original_language text collate "C",
  overview text,
  tagline text,
  status text,
  release_date date,
  runtime integer check (runtime > 0),
  budget bigint check (budget > 0),
  revenue bigint check (revenue > 0),
  homepage text,
  popularity double precision not null check (popularity >= 0),
  adult boolean not null,
  softcore boolean,
  video boolean not null,
  poster_path text,
  backdrop_path text,
  collection_id integer references collections deferrable initially deferred,
  wikidata_id text,
  facebook_id text,
  instagram_id text,
  twitter_id text,
  observed_at timestamptz not null,
  updated_at timestamptz not null,
  folded_title text not null generated always as (fold(title)) stored,
  folded_original_title text not null generated always as (fold(original_title)) stored,
  search_vector tsvector not null generated always as
    (to_tsvector('simple', fold(title) || ' ' || fold(original_title))) stored
);

create table movie_genres (
  movie_id text collate "C" references movies on delete cascade,
  position integer,
  genre_id integer not null references genres deferrable initially deferred,
  primary key (movie_id, position)
);
create table movie_production_companies (
  movie_id text collate "C" references movies on delete cascade,
  position integer,
  company_id integer not null references companies deferrable initially deferred,
  primary key (movie_id, position)
);
create table movie_production_countries (
  movie_id text collate "C" references movies on delete cascade,
  position integer,
  country_code text collate "C" not null references countries deferrable initially deferred,
  primary key (movie_id, position)
);
create table movie_origin_countries (
  movie_id text collate "C" references movies on delete cascade,
  position integer,
  country_code text collate "C" not null,
  primary key (movie_id, position)
);
create table movie_spoken_languages (
  movie_id text collate "C" references movies on delete cascade,
  position integer,
  language_code text collate "C" not null references languages deferrable initially deferred,
  primary key (movie_id, position)
);
create table movie_keywords (
  movie_id text collate "C" references movies on delete cascade,
  position integer,
  keyword_id integer not null references keywords deferrable initially deferred,
  primary key (movie_id, position)
);
create table movie_releases (
  movie_id text collate "C" references movies on delete cascade,
  position integer,
  country text collate "C" not null,
  type smallint not null check (type between 1 and 6),
  date date not null,
  certification text,
  note text,
  primary key (movie_id, position)
);

-- One index per ordering. Nulls sort last in both directions: they stand for the greatest value ascending and the least descending.
-- movie-orders.ts uses the same expressions.
create index movies_by_popularity on movies (popularity, id);
create index movies_by_title on movies (title collate "und-x-icu", id);
create index movies_by_release_date_asc on movies (coalesce(release_date, 'infinity'::date), id);
create index movies_by_release_date_desc on movies (coalesce(release_date, '-infinity'::date), id);
create index movies_by_revenue_asc on movies (coalesce(revenue, 9007199254740991), id);
create index movies_by_revenue_desc on movies (coalesce(revenue, 0), id);
create index movies_by_budget_asc on movies (coalesce(budget, 9007199254740991), id);
create index movies_by_budget_desc on movies (coalesce(budget, 0), id);
create index movies_by_runtime_asc on movies (coalesce(runtime, 2147483647), id);
create index movies_by_runtime_desc on movies (coalesce(runtime, 0), id);
create index movies_by_language on movies (original_language, popularity, id);
create index movies_by_collection on movies (collection_id) where collection_id is not null;
create index movies_by_word on movies using gin (search_vector);
create index movies_by_spelling on movies
  using gin (folded_title public.gin_trgm_ops, folded_original_title public.gin_trgm_ops);
create index movie_genres_by_genre on movie_genres (genre_id, movie_id);

-- Loads the library: Postgres accepts the setting of the next function only once pg_trgm is loaded.
select public.show_limit();

-- The index uses the threshold of the session, so the function sets it.
create function similar_movies(folded_query text) returns table (movie_id text, similarity double precision)
language sql stable parallel safe
set pg_trgm.word_similarity_threshold = 0.5
begin atomic
  select m.id, greatest(
    public.word_similarity(folded_query, m.folded_title), public.word_similarity(folded_query, m.folded_original_title)
  )
  from movies m
  where m.folded_title operator(public.%>) folded_query or m.folded_original_title operator(public.%>) folded_query;
end;

-- migrate:down

drop function similar_movies(text);

drop table movie_releases, movie_keywords, movie_spoken_languages, movie_origin_countries,
  movie_production_countries, movie_production_companies, movie_genres, movies,
  collections, languages, countries, companies, keywords, genres;

drop function fold(text);
