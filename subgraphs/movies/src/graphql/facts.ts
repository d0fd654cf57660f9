import {
  CONNECTION_FACTS,
  type Connection,
  EDGE_FACTS,
  type EdgeOf,
  PAGE_INFO_FACTS,
} from '@marquee/subgraph/connection';
import type { FactsOf } from '@marquee/subgraph/execution/selected-facts';
import type { Written } from '@marquee/subgraph/mutations/outcome';
import { REFUSAL_FACTS } from '@marquee/subgraph/mutations/refusal';
import { CHANGE_FACTS, type ChangePayload } from '@marquee/subgraph/subscriptions/change-payload';
import type { MediaList, MediaLists, NamedTranslation, WatchOptions } from '../application/media-store.ts';
import type { SelectableMovie, SelectedMovie } from '../application/movie-selection.ts';
import type { SharedKinds } from '../application/shared-lists.ts';
import type { SimilarMovie } from '../application/similar-movies.ts';
import type { LocalizedMovie, LocalizedText } from '../domain/localization.ts';
import type { Collection, Company, Country, ExternalIds, Genre, Keyword, Language } from '../domain/movie.ts';
import type { AlternativeTitle, MovieImage, MovieVideo, WatchProvider } from '../domain/movie-media.ts';
import type { Release } from '../domain/release.ts';
import type { MovieConnection } from './movie-connection.ts';
import type { Reference } from './node.ts';

type SharedConnection<Kind extends keyof SharedKinds> = Connection<{ node: SharedKinds[Kind] }>;

type MediaConnection<List extends MediaList> = Connection<{ node: MediaLists[List]['item'] }>;

/** The objects of each type, whose properties are its fields. */
export interface Objects {
  readonly Movie: SelectedMovie;
  readonly MovieOverride: { readonly field: string; readonly editedAt: Date };
  readonly DeletedMovie: Pick<Written, 'id' | 'version'>;
  readonly ChangedMovies: { readonly results: readonly object[] };
  readonly Genre: Genre;
  readonly Company: Company;
  readonly Country: Country;
  readonly Language: Language;
  readonly Keyword: Keyword;
  readonly Collection: Collection;
  readonly Person: Reference;
  readonly Review: Reference;
  readonly ExternalIds: ExternalIds & Pick<SelectableMovie, 'imdbId'>;
  readonly Release: Release;
  readonly SimilarMovie: SimilarMovie;
  readonly MovieImage: MovieImage;
  readonly MovieVideo: MovieVideo;
  readonly MovieTranslation: NamedTranslation;
  readonly LocalizedMovie: LocalizedMovie;
  readonly LocalizedText: LocalizedText;
  readonly AlternativeTitle: AlternativeTitle;
  readonly WatchOptions: WatchOptions;
  readonly WatchOffer: WatchOptions['offers'][number];
  readonly WatchProvider: WatchProvider;
  readonly MovieImageConnection: MediaConnection<'images'>;
  readonly MovieImageEdge: EdgeOf<MediaConnection<'images'>>;
  readonly MovieVideoConnection: MediaConnection<'videos'>;
  readonly MovieVideoEdge: EdgeOf<MediaConnection<'videos'>>;
  readonly MovieTranslationConnection: MediaConnection<'translations'>;
  readonly MovieTranslationEdge: EdgeOf<MediaConnection<'translations'>>;
  readonly AlternativeTitleConnection: MediaConnection<'alternativeTitles'>;
  readonly AlternativeTitleEdge: EdgeOf<MediaConnection<'alternativeTitles'>>;
  readonly WatchOptionsConnection: MediaConnection<'watchOptions'>;
  readonly WatchOptionsEdge: EdgeOf<MediaConnection<'watchOptions'>>;
  readonly MovieConnection: MovieConnection;
  readonly MovieEdge: EdgeOf<MovieConnection>;
  readonly CollectionConnection: SharedConnection<'collections'>;
  readonly CollectionEdge: EdgeOf<SharedConnection<'collections'>>;
  readonly CompanyConnection: SharedConnection<'companies'>;
  readonly CompanyEdge: EdgeOf<SharedConnection<'companies'>>;
  readonly KeywordConnection: SharedConnection<'keywords'>;
  readonly KeywordEdge: EdgeOf<SharedConnection<'keywords'>>;
  readonly MovieEvent: ChangePayload;
  readonly PageInfo: Connection<object>['pageInfo'];
}

/**
 * Fields without a resolver: each is the property of its name. A field with neither fails the start. The facts of movies, which are read
 * separately, are the columns of their table.
 */
const objectFacts: FactsOf<Omit<Objects, 'Movie'>> = {
  MovieOverride: ['field', 'editedAt'],
  DeletedMovie: ['id', 'version'],
  ChangedMovies: ['results'],
  Genre: ['id', 'name'],
  Company: ['id', 'name', 'originCountry'],
  Country: ['code', 'name'],
  Language: ['code', 'name', 'englishName'],
  Keyword: ['id', 'name'],
  Collection: ['id', 'name'],
  Person: ['id'],
  Review: ['id'],
  ExternalIds: ['imdbId', 'wikidataId', 'facebookId', 'instagramId', 'twitterId'],
  Release: ['country', 'type', 'date', 'certification', 'note', 'language', 'descriptors'],
  SimilarMovie: ['score', 'node'],
  MovieImage: ['kind', 'path', 'language', 'country', 'width', 'height', 'aspectRatio', 'voteAverage', 'voteCount'],
  MovieVideo: ['tmdbId', 'site', 'key', 'type', 'name', 'language', 'country', 'official', 'size', 'publishedAt'],
  MovieTranslation: [
    'language',
    'country',
    'languageName',
    'languageEnglishName',
    'title',
    'overview',
    'tagline',
    'homepage',
    'runtime',
  ],
  LocalizedMovie: ['title', 'overview', 'tagline', 'homepage'],
  LocalizedText: ['text', 'language'],
  AlternativeTitle: ['country', 'title', 'type'],
  WatchOptions: ['country', 'link'],
  WatchOffer: ['kind', 'displayPriority', 'provider'],
  WatchProvider: ['name'],
  MovieImageConnection: CONNECTION_FACTS,
  MovieImageEdge: EDGE_FACTS,
  MovieVideoConnection: CONNECTION_FACTS,
  MovieVideoEdge: EDGE_FACTS,
  MovieTranslationConnection: CONNECTION_FACTS,
  MovieTranslationEdge: EDGE_FACTS,
  AlternativeTitleConnection: CONNECTION_FACTS,
  AlternativeTitleEdge: EDGE_FACTS,
  WatchOptionsConnection: CONNECTION_FACTS,
  WatchOptionsEdge: EDGE_FACTS,
  MovieConnection: [...CONNECTION_FACTS, 'countUpTo'],
  MovieEdge: EDGE_FACTS,
  CollectionConnection: CONNECTION_FACTS,
  CollectionEdge: EDGE_FACTS,
  CompanyConnection: CONNECTION_FACTS,
  CompanyEdge: EDGE_FACTS,
  KeywordConnection: CONNECTION_FACTS,
  KeywordEdge: EDGE_FACTS,
  MovieEvent: CHANGE_FACTS,
  PageInfo: PAGE_INFO_FACTS,
};

export const facts = { ...objectFacts, ...REFUSAL_FACTS };
