import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import { createFieldLoader, createLoader, type FieldLoader, type Loader } from '@marquee/subgraph/loader';
import type { MediaList, MediaLists, MediaStore, Placed, RecommendationList } from '../application/media-store.ts';
import type { MovieOverride, MovieParts, SharedParts } from '../application/movie-parts.ts';
import type { MovieSelection, SelectedMovie } from '../application/movie-selection.ts';
import type { ListedMovie, MovieGroup, MovieList, MovieStore } from '../application/movie-store.ts';
import type { SimilarMovie, SimilarMovies } from '../application/similar-movies.ts';
import type { Collection, Company, Country, Genre, Keyword, Language } from '../domain/movie.ts';
import type { MovieTranslation } from '../domain/movie-media.ts';
import type { Release } from '../domain/release.ts';

type SimilarList = Parameters<SimilarMovies['similarTo']>[1];

/** Batched reads of one request: one statement for each kind, for any number of movies. */
export interface Loaders {
  /** Null for a missing movie. */
  readonly movie: FieldLoader<MovieSelection, SelectedMovie | null>;
  readonly genres: Loader<readonly Genre[]>;
  readonly productionCompanies: Loader<readonly Company[]>;
  readonly productionCountries: Loader<readonly Country[]>;
  readonly originCountries: Loader<readonly string[]>;
  readonly spokenLanguages: Loader<readonly Language[]>;
  readonly keywords: Loader<readonly Keyword[]>;
  readonly releases: Loader<readonly Release[]>;
  readonly overrides: Loader<readonly MovieOverride[]>;
  readonly genre: Loader<Genre | null, number>;
  readonly collection: Loader<Collection | null, number>;
  readonly company: Loader<Company | null, number>;
  readonly keyword: Loader<Keyword | null, number>;
  readonly similar: FieldLoader<SimilarList, readonly SimilarMovie[]>;
  readonly groups: Readonly<Record<MovieGroup, GroupLoaders>>;
  readonly media: { readonly [List in MediaList]: MediaLoaders<List> };
  readonly translationsInto: FieldLoader<readonly string[], readonly MovieTranslation[]>;
  readonly recommendations: {
    readonly movies: FieldLoader<RecommendationList, readonly ListedMovie[]>;
    readonly count: FieldLoader<{ includeAdult: boolean }, number>;
  };
}

/** A list of movies' media. */
export interface MediaLoaders<List extends MediaList> {
  readonly items: FieldLoader<
    { filter: MediaLists[List]['filter']; page: KeysetPage },
    readonly Placed<MediaLists[List]['item']>[]
  >;
  readonly count: FieldLoader<MediaLists[List]['filter'], number>;
}

/** Lists of movies of collections, genres, and so on. */
export interface GroupLoaders {
  readonly movies: FieldLoader<MovieList, readonly ListedMovie[], number>;
  readonly count: FieldLoader<{ includeAdult: boolean }, number, number>;
}

const none = () => [];
const zero = () => 0;
const unknown = () => null;

export function createLoaders(
  movies: MovieStore,
  parts: MovieParts,
  shared: SharedParts,
  similar: SimilarMovies,
  media: MediaStore,
): Loaders {
  const group = (name: MovieGroup): GroupLoaders => ({
    movies: createFieldLoader<MovieList, readonly ListedMovie[], number>(
      (ids, list) => movies.listInGroups(name, ids, list),
      none,
    ),
    count: createFieldLoader<{ includeAdult: boolean }, number, number>(
      (ids, { includeAdult }) => movies.countInGroups(name, ids, includeAdult),
      () => 0,
    ),
  });
  const mediaList = <List extends MediaList>(list: List): MediaLoaders<List> => ({
    items: createFieldLoader((ids, { filter, page }) => media.list(list, ids, filter, page), none),
    count: createFieldLoader((ids, filter) => media.count(list, ids, filter), zero),
  });
  return {
    movie: createFieldLoader<MovieSelection, SelectedMovie | null>(
      (ids, selection) => movies.findByIds(ids, selection),
      unknown,
    ),
    genres: createLoader<readonly Genre[]>((ids) => parts.genresOf(ids), none),
    productionCompanies: createLoader<readonly Company[]>((ids) => parts.productionCompaniesOf(ids), none),
    productionCountries: createLoader<readonly Country[]>((ids) => parts.productionCountriesOf(ids), none),
    originCountries: createLoader<readonly string[]>((ids) => parts.originCountriesOf(ids), none),
    spokenLanguages: createLoader<readonly Language[]>((ids) => parts.spokenLanguagesOf(ids), none),
    keywords: createLoader<readonly Keyword[]>((ids) => parts.keywordsOf(ids), none),
    releases: createLoader<readonly Release[]>((ids) => parts.releasesOf(ids), none),
    overrides: createLoader<readonly MovieOverride[]>((ids) => parts.overridesOf(ids), none),
    genre: createLoader<Genre | null, number>((ids) => shared.genresByIds(ids), unknown),
    collection: createLoader<Collection | null, number>((ids) => shared.collectionsByIds(ids), unknown),
    company: createLoader<Company | null, number>((ids) => shared.companiesByIds(ids), unknown),
    keyword: createLoader<Keyword | null, number>((ids) => shared.keywordsByIds(ids), unknown),
    similar: createFieldLoader<SimilarList, readonly SimilarMovie[]>((ids, list) => similar.similarTo(ids, list), none),
    groups: {
      collection: group('collection'),
      company: group('company'),
      genre: group('genre'),
      keyword: group('keyword'),
    },
    media: {
      images: mediaList('images'),
      videos: mediaList('videos'),
      translations: mediaList('translations'),
      alternativeTitles: mediaList('alternativeTitles'),
      watchOptions: mediaList('watchOptions'),
    },
    translationsInto: createFieldLoader((ids, languages) => media.translationsInto(ids, languages), none),
    recommendations: {
      movies: createFieldLoader((ids, list) => media.recommendations(ids, list), none),
      count: createFieldLoader((ids, { includeAdult }) => media.countRecommendations(ids, includeAdult), zero),
    },
  };
}
