-- Details of persons.
--
-- `person_details`: TMDb's facts of a person at `observed_at`, without the edits of clients. A row may precede the first credit of its
-- person, and outlives the last one: an equal observation later would not be applied again. `persons` has the newest of the facts that
-- credits have too.
-- `person_images`, `person_translations`: lists of the details.
-- `person_edits`: clients' values of details by field, and all details of persons that a client created. `person_overrides.edited` has the
-- times of edits.

-- migrate:up

create table person_details (
  person_id text collate "C" primary key,
  observed_at timestamptz(3) not null,
  name text not null,
  gender text check (gender in ('FEMALE', 'MALE', 'NON_BINARY')),
  known_for_department text,
  profile_path text,
  popularity double precision,
  adult boolean not null,
  imdb_id text,
  biography text,
  birthday date,
  deathday date,
  place_of_birth text,
  homepage text,
  also_known_as text[] not null,
  freebase_mid text,
  freebase_id text,
  tvrage_id integer,
  wikidata_id text,
  facebook_id text,
  instagram_id text,
  tiktok_id text,
  twitter_id text,
  youtube_id text
);

create table person_images (
  person_id text collate "C" not null references person_details on delete cascade,
  place integer not null,
  path text not null,
  width integer,
  height integer,
  aspect_ratio double precision,
  language text collate "C",
  vote_average double precision,
  vote_count integer not null,
  primary key (person_id, place)
);

create table person_translations (
  person_id text collate "C" not null references person_details on delete cascade,
  language text collate "C" not null,
  country text collate "C" not null,
  language_name text,
  english_name text,
  biography text,
  name text,
  primary key (person_id, language, country)
);

create table person_edits (
  person_id text collate "C" primary key,
  details jsonb not null
);

-- migrate:down

drop table person_edits, person_translations, person_images, person_details;
