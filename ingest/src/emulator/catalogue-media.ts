import { z } from 'zod';
import { countryCode, id, languageCode, name, quantity, text } from './catalogue-values.ts';

const vote = { vote_average: z.number().min(0).max(10), vote_count: quantity };
const path = z.string().regex(/^\/\S+$/, 'must be a path with a leading slash');

const image = z.strictObject({
  path,
  language: languageCode.nullable(),
  width: quantity,
  height: quantity,
  ...vote,
});

const video = z.strictObject({
  id: name,
  site: name,
  key: name,
  type: name,
  name: text,
  language: languageCode.nullable(),
  country: countryCode.nullable(),
  official: z.boolean(),
  size: quantity,
  published_at: z.iso.datetime(),
});

const translation = z.strictObject({
  title: text.optional(),
  overview: text.optional(),
  tagline: text.optional(),
  homepage: z.url().optional(),
  runtime: quantity.optional(),
});

/** Schemas of the records of images, videos, translations, alternative titles, watch providers and recommendations. */
export const MEDIA_RECORDS = {
  provider: z.tuple([id, name, path.nullable()]),
  image: z.tuple([z.enum(['poster', 'backdrop', 'logo']), image]),
  video: z.tuple([video]),
  translation: z.tuple([languageCode, countryCode, translation]),
  alternative_title: z.tuple([countryCode, name, text]),
  offer: z.tuple([countryCode, z.enum(['flatrate', 'free', 'ads', 'rent', 'buy']), id, quantity]),
  recommendation: z.tuple([id]),
} as const;

type RecordOf<Kind extends keyof typeof MEDIA_RECORDS> = z.output<(typeof MEDIA_RECORDS)[Kind]>;

export interface CatalogueProvider {
  readonly id: number;
  readonly name: string;
  readonly logoPath: string | null;
}

/** Images, videos and so on of a movie, in the order of their records. */
export interface CatalogueMedia {
  readonly images: readonly { readonly kind: RecordOf<'image'>[0]; readonly facts: RecordOf<'image'>[1] }[];
  readonly videos: readonly RecordOf<'video'>[0][];
  readonly translations: readonly {
    readonly language: string;
    readonly country: string;
    readonly texts: RecordOf<'translation'>[2];
  }[];
  readonly alternativeTitles: readonly { readonly country: string; readonly title: string; readonly type: string }[];
  readonly offers: readonly {
    readonly country: string;
    readonly kind: RecordOf<'offer'>[1];
    readonly provider: CatalogueProvider;
    readonly displayPriority: number;
  }[];
  /** Ids of movies, which the catalogue may lack. */
  readonly recommendations: readonly number[];
}

export const NO_MEDIA: CatalogueMedia = {
  images: [],
  videos: [],
  translations: [],
  alternativeTitles: [],
  offers: [],
  recommendations: [],
};
