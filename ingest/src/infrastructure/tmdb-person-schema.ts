import { z } from 'zod';
import type { TmdbPerson } from '../domain/tmdb-person.ts';
import {
  COUNTRY,
  DAY,
  decimal,
  formed,
  formedIfKnown,
  INT4,
  LANGUAGE,
  label,
  list,
  quantity,
  text,
  truth,
  whole,
} from './tmdb-values.ts';

const LONG_TEXT = 50_000;

const externalIds = z
  .object({
    freebase_mid: text(255),
    freebase_id: text(255),
    tvrage_id: quantity(),
    wikidata_id: text(255),
    facebook_id: text(255),
    instagram_id: text(255),
    tiktok_id: text(255),
    twitter_id: text(255),
    youtube_id: text(255),
  })
  .nullish()
  .default(null);

const profile = z.object({
  file_path: label(),
  width: quantity(),
  height: quantity(),
  aspect_ratio: decimal(),
  iso_639_1: formedIfKnown(...LANGUAGE),
  vote_average: decimal(10),
  vote_count: quantity(),
});

const translation = z.object({
  iso_639_1: formed(...LANGUAGE),
  iso_3166_1: formed(...COUNTRY),
  name: text(),
  english_name: text(),
  data: z
    .object({ biography: text(LONG_TEXT), name: text() })
    .nullish()
    .default(null),
});

/** Schema of a person's body with external ids, images and translations appended. A date that is not a whole day is omitted. */
export const personSchema: z.ZodType<TmdbPerson> = z.compile(
  z
    .object({
      id: whole(INT4, 1),
      imdb_id: text(64),
      name: label(),
      also_known_as: list(text(), 1_000).transform((all) => all.filter((name) => name !== null)),
      adult: truth(),
      biography: text(LONG_TEXT),
      birthday: formedIfKnown(...DAY),
      deathday: formedIfKnown(...DAY),
      gender: z.number().nullish().default(null),
      homepage: text(10_000),
      known_for_department: text(255),
      place_of_birth: text(),
      popularity: decimal(),
      profile_path: text(),
      // The following three need a server that supports append_to_response.
      external_ids: externalIds,
      images: z.object({ profiles: list(profile, 5_000, ({ file_path }) => file_path) }).nullish(),
      translations: z
        .object({
          translations: list(translation, 1_000, ({ iso_639_1, iso_3166_1 }) => `${iso_639_1}-${iso_3166_1}`),
        })
        .nullish(),
    })
    .transform((person) => ({
      ...person,
      images: person.images?.profiles ?? [],
      translations: person.translations?.translations ?? [],
    })),
);
