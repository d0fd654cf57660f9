import { type ArrayColumns, rowArrays } from '@marquee/postgres/row-arrays';
import type { Collection, Company, Country, Genre, Keyword, Language } from '../domain/movie.ts';
import type { MovieContent, MovieField, MovieListField, StoredMovie, WrittenRelease } from '../domain/movie-content.ts';
import type { ListTable } from './list-table.ts';
import type { SharedTable } from './shared-table.ts';

/** Columns of a movie's single values, by field: the name, and the type in SQL. */
export const CONTENT_COLUMNS: Readonly<
  Record<Exclude<MovieField, MovieListField>, readonly [name: string, type: string]>
> = {
  title: ['title', 'text'],
  originalTitle: ['original_title', 'text'],
  originalLanguage: ['original_language', 'text'],
  overview: ['overview', 'text'],
  tagline: ['tagline', 'text'],
  status: ['status', 'text'],
  releaseDate: ['release_date', 'date'],
  runtime: ['runtime', 'integer'],
  budget: ['budget', 'bigint'],
  revenue: ['revenue', 'bigint'],
  homepage: ['homepage', 'text'],
  imdbId: ['imdb_id', 'text'],
  wikidataId: ['wikidata_id', 'text'],
  facebookId: ['facebook_id', 'text'],
  instagramId: ['instagram_id', 'text'],
  twitterId: ['twitter_id', 'text'],
  popularity: ['popularity', 'double precision'],
  posterPath: ['poster_path', 'text'],
  backdropPath: ['backdrop_path', 'text'],
  adult: ['adult', 'boolean'],
  softcore: ['softcore', 'boolean'],
  video: ['video', 'boolean'],
  collectionId: ['collection_id', 'integer'],
};

const MOVIE_COLUMNS: ArrayColumns<StoredMovie> = {
  id: ['text', 'id'],
  tmdb_id: ['integer', 'tmdbId'],
  observed_at: ['timestamptz', 'observedAt'],
  ...Object.fromEntries(
    Object.entries(CONTENT_COLUMNS).map(([field, [name, type]]) => [
      name,
      [type, ({ content }: StoredMovie) => content[field as MovieField]] as const,
    ]),
  ),
};

/** Rows of `movies` as they are written. */
export const MOVIES = rowArrays(MOVIE_COLUMNS);

const members = <Item>(table: string, column: string, type: string): ListTable<Item> => ({
  table,
  columns: { [column]: [type, (item) => item] },
});

/** Tables of a movie's lists, by field. */
export const LISTS: { readonly [Field in MovieListField]: ListTable<MovieContent[Field][number]> } = {
  genreIds: members('movie_genres', 'genre_id', 'integer'),
  productionCompanyIds: members('movie_production_companies', 'company_id', 'integer'),
  productionCountryCodes: members('movie_production_countries', 'country_code', 'text'),
  originCountryCodes: members('movie_origin_countries', 'country_code', 'text'),
  spokenLanguageCodes: members('movie_spoken_languages', 'language_code', 'text'),
  keywordIds: members('movie_keywords', 'keyword_id', 'integer'),
  releases: {
    table: 'movie_releases',
    columns: {
      country: ['text', (release: WrittenRelease) => release.country],
      type: ['smallint', (release) => release.type],
      date: ['date', (release) => release.date],
      certification: ['text', (release) => release.certification],
      note: ['text', (release) => release.note],
      language: ['text', (release) => release.language],
      descriptors: ['jsonb', (release) => JSON.stringify(release.descriptors)],
    },
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
