import type { Language } from './movie.ts';
import type { MovieField } from './movie-content.ts';

export type ImageKind = 'POSTER' | 'BACKDROP' | 'LOGO';

/** A picture of a movie on TMDb's image server. */
export interface MovieImage {
  readonly kind: ImageKind;
  /** Below the image base address and a size, with a leading slash. */
  readonly path: string;
  /** ISO 639-1; null without text. */
  readonly language: string | null;
  readonly country: string | null;
  /** Pixels. */
  readonly width: number | null;
  readonly height: number | null;
  readonly aspectRatio: number | null;
  /** 0 to 10; null without votes. */
  readonly voteAverage: number | null;
  readonly voteCount: number;
}

/** A video on another site. */
export interface MovieVideo {
  /** Null for one that a client wrote. */
  readonly tmdbId: string | null;
  readonly site: string;
  /** Id on the site. */
  readonly key: string;
  readonly type: string;
  readonly name: string | null;
  readonly language: string | null;
  readonly country: string | null;
  /** True when the studio published it. */
  readonly official: boolean | null;
  /** Vertical resolution in pixels. */
  readonly size: number | null;
  readonly publishedAt: Date | null;
}

/** Texts of a movie in one language. */
export interface MovieTranslation {
  /** ISO 639. */
  readonly language: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** Null also when it equals the original title. */
  readonly title: string | null;
  readonly overview: string | null;
  readonly tagline: string | null;
  readonly homepage: string | null;
  /** Minutes. */
  readonly runtime: number | null;
}

/** A title in a country. */
export interface AlternativeTitle {
  readonly country: string;
  readonly title: string;
  /** Remark about the use of the title. */
  readonly type: string | null;
}

/** Lists that clients can replace. */
export interface MediaContent {
  readonly videos: readonly MovieVideo[];
  readonly translations: readonly MovieTranslation[];
  readonly alternativeTitles: readonly AlternativeTitle[];
}

/** A list that a client can replace, and override. */
export type MediaField = keyof MediaContent;

export const MEDIA_FIELDS: readonly MediaField[] = ['videos', 'translations', 'alternativeTitles'];

/** A field of a movie that a client can write. */
export type EditableField = MovieField | MediaField;

export function isMediaField(field: EditableField): field is MediaField {
  return (MEDIA_FIELDS as readonly EditableField[]).includes(field);
}

export type WatchOfferKind = 'FLATRATE' | 'FREE' | 'ADS' | 'RENT' | 'BUY';

/** A service on which movies are watched. */
export interface WatchProvider {
  readonly id: number;
  readonly name: string;
  readonly logoPath: string | null;
}

/** An offer of a provider in a country. */
export interface WatchOffer {
  readonly country: string;
  readonly kind: WatchOfferKind;
  readonly providerId: number;
  /** Place of the provider in lists of the country, the smallest first. */
  readonly displayPriority: number;
}

/** Media of a movie as TMDb has it. */
export interface ObservedMedia extends MediaContent {
  readonly id: string;
  readonly images: readonly MovieImage[];
  readonly watchCountries: readonly { readonly country: string; readonly link: string | null }[];
  readonly watchOffers: readonly WatchOffer[];
  readonly recommendedIds: readonly string[];
}

/** Providers and languages that the observed media of a movie names. */
export interface NamesInMedia {
  readonly observedAt: Date;
  readonly watchProviders: readonly WatchProvider[];
  readonly languages: readonly Language[];
}

/** Returns the media of a movie of which TMDb has none. */
export function noMedia(id: string): ObservedMedia {
  return {
    id,
    images: [],
    videos: [],
    translations: [],
    alternativeTitles: [],
    watchCountries: [],
    watchOffers: [],
    recommendedIds: [],
  };
}
