import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type {
  AlternativeTitle,
  ImageKind,
  MovieImage,
  MovieTranslation,
  MovieVideo,
  WatchOfferKind,
  WatchProvider,
} from '../domain/movie-media.ts';
import type { ByMovie } from './movie-parts.ts';
import type { MovieSelection } from './movie-selection.ts';
import type { ListedMovie } from './movie-store.ts';

/** A translation with the names of its language. */
export interface NamedTranslation extends MovieTranslation {
  readonly languageName: string | null;
  readonly languageEnglishName: string | null;
}

/** Offers in one country. */
export interface WatchOptions {
  readonly country: string;
  readonly link: string | null;
  readonly offers: readonly {
    readonly kind: WatchOfferKind;
    readonly displayPriority: number;
    readonly provider: WatchProvider;
  }[];
}

/** The items of each list of a movie's media, and the conditions on them; null: none. */
export interface MediaLists {
  readonly images: {
    readonly item: MovieImage;
    /** Null in `languages` stands for images without text. */
    readonly filter: {
      readonly kinds: readonly ImageKind[] | null;
      readonly languages: readonly (string | null)[] | null;
    };
  };
  readonly videos: {
    readonly item: MovieVideo;
    readonly filter: {
      readonly types: readonly string[] | null;
      readonly languages: readonly string[] | null;
      readonly official: boolean | null;
    };
  };
  readonly translations: {
    readonly item: NamedTranslation;
    readonly filter: { readonly languages: readonly string[] | null };
  };
  readonly alternativeTitles: {
    readonly item: AlternativeTitle;
    readonly filter: { readonly countries: readonly string[] | null };
  };
  readonly watchOptions: {
    readonly item: WatchOptions;
    readonly filter: { readonly countries: readonly string[] | null };
  };
}

export type MediaList = keyof MediaLists;

/** An item, and its place in the list of its movie. */
export interface Placed<Item> {
  readonly item: Item;
  readonly position: number;
}

export interface RecommendationList {
  readonly includeAdult: boolean;
  readonly page: KeysetPage;
  readonly selection: MovieSelection;
}

/** Reads the visible media of many movies at once. Each call is one statement, and a page is a page of each movie. */
export interface MediaStore {
  list<List extends MediaList>(
    list: List,
    movieIds: readonly string[],
    filter: MediaLists[List]['filter'],
    page: KeysetPage,
  ): ByMovie<Placed<MediaLists[List]['item']>>;
  count<List extends MediaList>(
    list: List,
    movieIds: readonly string[],
    filter: MediaLists[List]['filter'],
  ): Promise<ReadonlyMap<string, number>>;
  /** Returns all translations into these languages. */
  translationsInto(movieIds: readonly string[], languages: readonly string[]): ByMovie<MovieTranslation>;
  /** Returns the recommended movies that exist, the best first. */
  recommendations(movieIds: readonly string[], list: RecommendationList): ByMovie<ListedMovie>;
  countRecommendations(movieIds: readonly string[], includeAdult: boolean): Promise<ReadonlyMap<string, number>>;
}
