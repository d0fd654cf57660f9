-- Images, videos, translations, alternative titles, watch providers and recommendations of movies, with TMDb's order in `position`.
--
-- A row may belong to a movie that this subgraph does not have: details and media have separate topics, of which either may come first,
-- and the media of a movie that a client deleted is stored until the deletion is released.
--
-- Clients may replace the list of videos, of translations or of alternative titles: `movie_media_overrides` has the lists that they replaced,
-- whose rows are those that are `edited`. TMDb's rows are stored beside them. A movie that a client created has no TMDb's rows, and its own
-- are not `edited`.

-- The names of the languages of translations have a table of their own: the transactions of details lock rows of `languages` in another
-- order.

-- migrate:up

create table movie_images (
  movie_id text collate "C",
  position integer,
  kind text collate "C" not null check (kind in ('POSTER', 'BACKDROP', 'LOGO')),
  path text not null,
  language text collate "C",
  country text collate "C",
  width integer,
  height integer,
  aspect_ratio double precision,
  vote_average double precision,
  vote_count integer not null,
  primary key (movie_id, position)
);

create table movie_videos (
  movie_id text collate "C",
  edited boolean not null default false,
  position integer,
  tmdb_id text collate "C",
  site text not null,
  key text not null,
  type text not null,
  name text,
  language text collate "C",
  country text collate "C",
  official boolean,
  size integer,
  published_at timestamptz,
  primary key (movie_id, edited, position)
);

create table movie_translations (
  movie_id text collate "C",
  edited boolean not null default false,
  position integer,
  language text collate "C" not null,
  country text collate "C",
  title text,
  overview text,
  tagline text,
  homepage text,
  runtime integer,
  primary key (movie_id, edited, position)
);

create table translation_languages (
  code text collate "C" primary key, name text, english_name text, observed_at timestamptz not null
);

create table movie_alternative_titles (
  movie_id text collate "C",
  edited boolean not null default false,
  position integer,
  country text collate "C" not null,
  title text not null,
  type text,
  primary key (movie_id, edited, position)
);

create table movie_media_overrides (
  movie_id text collate "C",
  field text collate "C",
  edited_at timestamptz(3) not null default now(),
  primary key (movie_id, field)
);

create table watch_providers (id integer primary key, name text not null, logo_path text, observed_at timestamptz not null);

create table movie_watch_countries (
  movie_id text collate "C",
  position integer,
  country text collate "C" not null,
  link text,
  primary key (movie_id, position)
);

create table movie_watch_offers (
  movie_id text collate "C",
  position integer,
  country text collate "C" not null,
  kind text collate "C" not null check (kind in ('FLATRATE', 'FREE', 'ADS', 'RENT', 'BUY')),
  provider_id integer not null references watch_providers deferrable initially deferred,
  display_priority integer not null,
  primary key (movie_id, position)
);

create table movie_recommendations (
  movie_id text collate "C",
  position integer,
  recommended_id text collate "C" not null,
  primary key (movie_id, position)
);

-- migrate:down

drop table movie_recommendations, movie_watch_offers, movie_watch_countries, watch_providers, movie_media_overrides,
  movie_alternative_titles, translation_languages, movie_translations, movie_videos, movie_images;
