import type {
  Collection,
  Company,
  Country,
  Genre,
  Keyword,
  Language,
  ObservedMovie,
  ObservedRelease,
} from '../domain/movie.ts';
import type { ListTable } from './list-table.ts';
import type { SharedTable } from './shared-table.ts';

type Columns = Readonly<Record<string, readonly [type: string, value: (movie: ObservedMovie) => unknown]>>;

/** Columns of `movies` that are written, by name: the type in SQL, and the value in an observed film. */
export const MOVIES: Columns = {
  id: ['text', (movie) => movie.id],
  tmdb_id: ['integer', (movie) => movie.tmdbId],
  imdb_id: ['text', (movie) => movie.imdbId],
  title: ['text', (movie) => movie.title],
  original_title: ['text', (movie) => movie.originalTitle],
  original_language: ['text', (movie) => movie.originalLanguage],
  overview: ['text', (movie) => movie.overview],
  tagline: ['text', (movie) => movie.tagline],
  status: ['text', (movie) => movie.status],
  release_date: ['date', (movie) => movie.releaseDate],
  runtime: ['integer', (movie) => movie.runtime],
  budget: ['bigint', (movie) => movie.budget],
  revenue: ['bigint', (movie) => movie.revenue],
  homepage: ['text', (movie) => movie.homepage],
  popularity: ['double precision', (movie) => movie.popularity],
  adult: ['boolean', (movie) => movie.adult],
  softcore: ['boolean', (movie) => movie.softcore],
  video: ['boolean', (movie) => movie.video],
  poster_path: ['text', (movie) => movie.posterPath],
  backdrop_path: ['text', (movie) => movie.backdropPath],
  collection_id: ['integer', (movie) => movie.collection?.id ?? null],
  wikidata_id: ['text', (movie) => movie.externalIds.wikidataId],
  facebook_id: ['text', (movie) => movie.externalIds.facebookId],
  instagram_id: ['text', (movie) => movie.externalIds.instagramId],
  twitter_id: ['text', (movie) => movie.externalIds.twitterId],
  observed_at: ['timestamptz', (movie) => movie.observedAt],
};

export const MOVIE_GENRES: ListTable<Genre> = {
  table: 'movie_genres',
  columns: { genre_id: ['integer', (genre) => genre.id] },
};
export const MOVIE_PRODUCTION_COMPANIES: ListTable<Company> = {
  table: 'movie_production_companies',
  columns: { company_id: ['integer', (company) => company.id] },
};
export const MOVIE_PRODUCTION_COUNTRIES: ListTable<Country> = {
  table: 'movie_production_countries',
  columns: { country_code: ['text', (country) => country.code] },
};
export const MOVIE_ORIGIN_COUNTRIES: ListTable<string> = {
  table: 'movie_origin_countries',
  columns: { country_code: ['text', (code) => code] },
};
export const MOVIE_SPOKEN_LANGUAGES: ListTable<Language> = {
  table: 'movie_spoken_languages',
  columns: { language_code: ['text', (language) => language.code] },
};
export const MOVIE_KEYWORDS: ListTable<Keyword> = {
  table: 'movie_keywords',
  columns: { keyword_id: ['integer', (keyword) => keyword.id] },
};
export const MOVIE_RELEASES: ListTable<ObservedRelease> = {
  table: 'movie_releases',
  columns: {
    country: ['text', (release) => release.country],
    type: ['smallint', (release) => release.type],
    // The day in UTC, whatever the zone of the session.
    date: ['date', (release) => new Date(release.date).toISOString().slice(0, 10)],
    certification: ['text', (release) => release.certification],
    note: ['text', (release) => release.note],
    language: ['text', (release) => release.language ?? null],
    descriptors: ['jsonb', (release) => JSON.stringify(release.descriptors ?? [])],
  },
};

export const GENRES: SharedTable<Genre> = {
  table: 'genres',
  columns: { id: ['integer', (genre) => genre.id], name: ['text', (genre) => genre.name] },
};
export const KEYWORDS: SharedTable<Keyword> = {
  table: 'keywords',
  columns: { id: ['integer', (keyword) => keyword.id], name: ['text', (keyword) => keyword.name] },
};
export const COMPANIES: SharedTable<Company> = {
  table: 'companies',
  columns: {
    id: ['integer', (company) => company.id],
    name: ['text', (company) => company.name],
    logo_path: ['text', (company) => company.logoPath],
    origin_country: ['text', (company) => company.originCountry],
  },
};
export const COUNTRIES: SharedTable<Country> = {
  table: 'countries',
  columns: { code: ['text', (country) => country.code], name: ['text', (country) => country.name] },
};
export const LANGUAGES: SharedTable<Language> = {
  table: 'languages',
  columns: {
    code: ['text', (language) => language.code],
    name: ['text', (language) => language.name],
    english_name: ['text', (language) => language.englishName],
  },
};
export const COLLECTIONS: SharedTable<Collection> = {
  table: 'collections',
  columns: {
    id: ['integer', (collection) => collection.id],
    name: ['text', (collection) => collection.name],
    poster_path: ['text', (collection) => collection.posterPath],
    backdrop_path: ['text', (collection) => collection.backdropPath],
  },
};
