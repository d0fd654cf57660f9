import { z } from 'zod';
import {
  byId,
  COUNTRY,
  decimal,
  formed,
  formedIfKnown,
  INT4,
  LANGUAGE,
  label,
  list,
  MOMENT,
  quantity,
  text,
  truth,
  whole,
} from './tmdb-values.ts';

/** Maximum number of images of one kind. */
const MAX_IMAGES = 5_000;
/** Maximum number of offers of one kind in a country. */
const MAX_OFFERS = 300;

const image = z.object({
  file_path: label(),
  iso_639_1: formedIfKnown(...LANGUAGE),
  iso_3166_1: formedIfKnown(...COUNTRY),
  width: quantity(),
  height: quantity(),
  aspect_ratio: decimal(),
  vote_average: decimal(10),
  vote_count: quantity(),
});

const images = list(image, MAX_IMAGES, ({ file_path }) => file_path);

const video = z.object({
  id: label(64),
  site: label(64),
  key: label(255),
  type: label(64),
  name: text(1_000),
  iso_639_1: formedIfKnown(...LANGUAGE),
  iso_3166_1: formedIfKnown(...COUNTRY),
  official: truth(),
  size: quantity(),
  published_at: formedIfKnown(...MOMENT),
});

const translation = z.object({
  iso_639_1: formed(...LANGUAGE),
  iso_3166_1: formedIfKnown(...COUNTRY),
  name: text(),
  english_name: text(),
  data: z
    .object({
      title: text(),
      overview: text(20_000),
      tagline: text(2_000),
      homepage: text(2_000),
      runtime: quantity(),
    })
    .nullish()
    .default(null),
});

const alternativeTitle = z.object({ iso_3166_1: formed(...COUNTRY), title: label(), type: text(255) });

const offers = list(
  z.object({
    provider_id: whole(),
    provider_name: label(),
    logo_path: text(),
    display_priority: quantity(),
  }),
  MAX_OFFERS,
  ({ provider_id }) => provider_id,
);

const watchOptions = z.object({
  link: text(2_000),
  flatrate: offers,
  free: offers,
  ads: offers,
  rent: offers,
  buy: offers,
});

/** Drops keys that are no countries; there are at most 676 codes. */
const byCountry = z.record(z.string(), watchOptions.optional()).transform((all) =>
  Object.fromEntries(
    Object.entries(all).flatMap(([country, options]) => {
      const code = COUNTRY[0](country);
      return code === undefined || options === undefined ? [] : [[code, options]];
    }),
  ),
);

/** Schemas of the parts that are appended to the details; a response without one has an empty part. */
export const mediaSchemas = {
  images: z
    .object({ posters: images, backdrops: images, logos: images })
    .nullish()
    .transform((all) => all ?? { posters: [], backdrops: [], logos: [] }),
  videos: z
    .object({ results: list(video, 1_000, ({ id }) => id) })
    .nullish()
    .transform((all) => all?.results ?? []),
  translations: z
    .object({ translations: list(translation, 500, ({ iso_639_1, iso_3166_1 }) => `${iso_639_1}-${iso_3166_1}`) })
    .nullish()
    .transform((all) => all?.translations ?? []),
  alternative_titles: z
    .object({ titles: list(alternativeTitle, 1_000) })
    .nullish()
    .transform((all) => all?.titles ?? []),
  'watch/providers': z
    .object({ results: byCountry.nullish() })
    .nullish()
    .transform((all) => all?.results ?? {}),
  recommendations: z
    .object({ results: list(z.object({ id: whole(INT4, 1) }), 100, byId) })
    .nullish()
    .transform((all) => all?.results ?? []),
};
