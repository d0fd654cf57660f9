import { z } from 'zod';
import { MEDIA_RECORDS } from './catalogue-media.ts';
import { countryCode, id, languageCode, name, quantity, text } from './catalogue-values.ts';

// The records of a catalogue: one JSON array for each line, with the kind first. See catalogue/README.md.

export const movieFacts = z.strictObject({
  title: name,
  original_title: name.optional(),
  original_language: languageCode,
  release_date: z.iso.date().or(z.literal('')),
  runtime: quantity,
  status: name,
  budget: quantity,
  revenue: quantity,
  popularity: z.number().min(0),
  vote_average: z.number().min(0).max(10),
  vote_count: quantity,
  imdb_id: name.optional(),
  wikidata_id: name.optional(),
  homepage: z.url().optional(),
  collection: id.optional(),
  origin_countries: z.array(countryCode).optional(),
  overview: text.optional(),
  tagline: text.optional(),
  genres: z.array(id),
  companies: z.array(id),
  countries: z.array(countryCode),
  languages: z.array(languageCode),
  keywords: z.array(name),
});

const externalIds = z.strictObject({
  freebase_mid: name.optional(),
  freebase_id: name.optional(),
  tvrage_id: id.optional(),
  wikidata_id: name.optional(),
  facebook_id: name.optional(),
  instagram_id: name.optional(),
  tiktok_id: name.optional(),
  twitter_id: name.optional(),
  youtube_id: name.optional(),
});

export const personFacts = z.strictObject({
  imdb_id: name.optional(),
  also_known_as: z.array(name).optional(),
  biography: text.optional(),
  birthday: z.iso.date().optional(),
  deathday: z.iso.date().optional(),
  place_of_birth: name.optional(),
  homepage: z.url().optional(),
  external_ids: externalIds.optional(),
  images: z
    .array(
      z.strictObject({
        file_path: name,
        width: quantity,
        height: quantity,
        iso_639_1: languageCode.optional(),
        vote_average: z.number().min(0).max(10),
        vote_count: quantity,
      }),
    )
    .optional(),
  translations: z
    .array(
      z.strictObject({
        iso_639_1: languageCode,
        iso_3166_1: countryCode,
        name: text,
        english_name: name,
        biography: text,
        translated_name: text.optional(),
      }),
    )
    .optional(),
});

/** Facts in a person's record, where it has any. */
export type PersonFacts = z.output<typeof personFacts>;

/** Facts in a movie's record. */
export type MovieFacts = z.output<typeof movieFacts>;

/** Schemas of the values that follow the kind in a record. */
export const RECORDS = {
  catalogue: z.tuple([
    z.strictObject({
      format: z.literal('marquee-catalogue'),
      version: z.literal(1),
      note: z.string().optional(),
    }),
  ]),
  genre: z.tuple([id, name]),
  country: z.tuple([countryCode, name]),
  language: z.tuple([languageCode, text, name]),
  collection: z.tuple([id, name]),
  company: z.tuple([id, name]),
  person: z.tuple([id, name, z.int().min(0).max(3), personFacts.optional()]),
  film: z.tuple([id, movieFacts]),
  release: z.tuple([countryCode, text, z.int().min(1).max(6), z.iso.date()]),
  cast: z.tuple([id, text, z.int().min(0)]),
  crew: z.tuple([id, name, name]),
  review: z.tuple([name, z.number().min(0.5).max(10).nullable(), z.iso.datetime(), name]),
  ...MEDIA_RECORDS,
} as const;

export type RecordKind = keyof typeof RECORDS;

/** Values that follow the kind in a record of this kind. */
export type RecordOf<Kind extends RecordKind> = z.output<(typeof RECORDS)[Kind]>;
