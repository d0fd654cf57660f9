import { changesSchema } from '@marquee/subgraph/mutations/changes';
import { decimal, text, webAddress, wholeNumber } from '@marquee/subgraph/mutations/input';
import { z } from 'zod';
import type { MovieChange } from '../application/change-movies.ts';
import { type MovieContent, newContent } from '../domain/movie-content.ts';
import { type EditableField, isMediaField, type MediaContent } from '../domain/movie-media.ts';
import { numberOfReleaseType, type ReleaseType } from '../domain/release.ts';

/** Returns TMDb's number of an id; undefined when no entity can have the id. */
export function tmdbNumberOf(id: string): number | undefined {
  const number = /^\d{1,10}$/.test(id) ? Number(id) : Number.NaN;
  return number <= 2_147_483_647 ? number : undefined;
}

/** Returns the value of a field in the schema's enum: `ORIGINAL_TITLE` of `originalTitle`. */
export function enumValueOf(field: EditableField): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Returns the field of a value of the schema's enum. */
export function movieFieldOf(value: string): EditableField {
  return value.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as EditableField;
}

/** TMDb's values (https://developer.themoviedb.org/reference/movie-details). */
const STATUSES = ['Rumored', 'Planned', 'In Production', 'Post Production', 'Released', 'Canceled'];

/** Returns the schema of text with a pattern. */
const pattern = (form: RegExp, code: string, message: string) =>
  z.string().refine((value) => form.test(value), { message, params: { code } });

const imagePath = pattern(
  /^\/[A-Za-z0-9][A-Za-z0-9._-]{0,597}$/,
  'NO_IMAGE_PATH',
  'Send the path of an image on TMDb’s image server, with a leading slash, such as /f89U3ADr1oiB1s9GkdPOEpXUk5H.jpg.',
);

const language = pattern(/^[a-z]{2,3}$/, 'NO_LANGUAGE_CODE', 'Send an ISO 639 code in lower case, such as en.');

/** A country code by its form; the store checks later that the country exists. */
const country = pattern(/^[A-Z]{2}$/, 'UNKNOWN_COUNTRY', 'Send an ISO 3166-1 alpha-2 code in capitals, such as US.');

const day = z.string().refine((date) => date >= '0001-01-01' && date <= '9999-12-31', {
  message: 'Send a day of the years 1 to 9999.',
  params: { code: 'NO_DATE' },
});

/** Returns the schema of an id that is TMDb's number; the store checks later that the entity exists. */
const numberOf = (what: string, code: string) =>
  z.string().transform((id, ctx) => {
    const number = tmdbNumberOf(id);
    if (number !== undefined) return number;
    ctx.addIssue({ code: 'custom', message: unknownMessage(what, id), params: { code } });
    return z.NEVER;
  });

/** Returns the message of a fault for a name that no entity has. */
export function unknownMessage(what: string, value: string | number): string {
  return `No ${what} ${value} is known here: name one that is, or leave it out.`;
}

/** Returns the schema of a list with distinct items; null is an empty one. */
const list = <Item extends z.ZodType>(item: Item, max: number) =>
  z
    .array(item)
    .max(max, { error: `Send at most ${max}.` })
    .superRefine((items, ctx) => {
      for (const [place, value] of items.entries()) {
        if (typeof value === 'object' || items.indexOf(value) === place) continue;
        ctx.addIssue({
          code: 'custom',
          path: [place],
          message: 'Name it once.',
          params: { code: 'REPEATED' },
          input: value,
        });
      }
    })
    .nullable()
    .transform((items) => items ?? []);

/** Returns the schema of a field that cannot be cleared. */
const required = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .any()
    .refine((value) => value !== null, {
      message: 'Every movie has it: send a value, or leave the field out.',
      params: { code: 'REQUIRED' },
      abort: true,
    })
    .pipe(schema);

const release = z
  .object({
    country,
    type: z.string().transform((type) => numberOfReleaseType(type as ReleaseType)),
    date: day,
    certification: text(255).nullish(),
    note: text(1_000).nullish(),
    language: language.nullish(),
    descriptors: z
      .array(text(255))
      .max(50, { error: 'Send at most 50.' })
      .nullish()
      .transform((descriptors) => descriptors ?? []),
  })
  .transform(({ certification = null, note = null, language: spoken = null, ...rest }) => ({
    ...rest,
    certification,
    note,
    language: spoken,
  }));

/** Returns the schema of an optional value; null when absent. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema
    .nullish()
    .default(null)
    .transform((value) => value ?? null);

const size = optional(wholeNumber(1, 2_147_483_647));

const video = z.object({
  tmdbId: optional(text(64)),
  site: text(64),
  key: text(255),
  type: text(64),
  name: optional(text(1_000)),
  language: optional(language),
  country: optional(country),
  official: optional(z.boolean()),
  size,
  publishedAt: optional(z.date()),
});

const translation = z.object({
  language,
  country: optional(country),
  title: optional(text(600)),
  overview: optional(text(10_000)),
  tagline: optional(text(1_000)),
  homepage: optional(webAddress()),
  runtime: size,
});

const alternativeTitle = z.object({ country, title: text(600), type: optional(text(255)) });

/** Returns the schema of translations, of which each language and country may have one. */
const translations = list(translation, 200).superRefine((items, ctx) => {
  const tags = items.map((item) => `${item.language}-${item.country}`);
  for (const [place, tag] of tags.entries()) {
    if (tags.indexOf(tag) === place) continue;
    const message = 'Send one translation for each language and country.';
    ctx.addIssue({ code: 'custom', path: [place], message, params: { code: 'REPEATED' }, input: items[place] });
  }
});

/** A schema for each list of media. */
const MEDIA = {
  videos: list(video, 500),
  translations,
  alternativeTitles: list(alternativeTitle, 500),
} satisfies { readonly [Field in keyof MediaContent]: z.ZodType<MediaContent[Field]> };

const money = wholeNumber(1, Number.MAX_SAFE_INTEGER).nullable();
const name = text(255).nullable();

/** A schema for each field. */
const FIELDS = {
  title: required(text(600)),
  originalTitle: required(text(600)),
  originalLanguage: language.nullable(),
  overview: text(10_000).nullable(),
  tagline: text(1_000).nullable(),
  status: z
    .string()
    .refine((status) => STATUSES.includes(status), {
      message: `Send one of ${STATUSES.join(', ')}.`,
      params: { code: 'UNKNOWN_STATUS' },
    })
    .nullable(),
  releaseDate: day.nullable(),
  runtime: wholeNumber(1, 2_147_483_647).nullable(),
  budget: money,
  revenue: money,
  homepage: webAddress().nullable(),
  imdbId: pattern(/^tt[0-9]{7,10}$/, 'NO_IMDB_ID', 'Send an id such as tt0133093.').nullable(),
  wikidataId: pattern(/^Q[1-9][0-9]{0,17}$/, 'NO_WIKIDATA_ID', 'Send an id such as Q83495.').nullable(),
  facebookId: name,
  instagramId: name,
  twitterId: name,
  popularity: required(decimal(0, 1_000_000)),
  posterPath: imagePath.nullable(),
  backdropPath: imagePath.nullable(),
  adult: required(z.boolean()),
  softcore: z.boolean().nullable(),
  video: required(z.boolean()),
  collectionId: numberOf('collection', 'UNKNOWN_COLLECTION').nullable(),
  genreIds: list(numberOf('genre', 'UNKNOWN_GENRE'), 100),
  keywordIds: list(numberOf('keyword', 'UNKNOWN_KEYWORD'), 500),
  productionCompanyIds: list(numberOf('company', 'UNKNOWN_COMPANY'), 100),
  productionCountryCodes: list(country, 100),
  originCountryCodes: list(country, 100),
  spokenLanguageCodes: list(language, 100),
  releases: list(release, 500),
} satisfies { readonly [Field in keyof MovieContent]: z.ZodType };

type Edits = Partial<MovieContent> & Partial<MediaContent>;

const fields = z.object({ ...FIELDS, ...MEDIA }).partial() as z.ZodType<unknown> as z.ZodType<Edits, object>;

/** Separates the lists of media from the other fields. */
function separate(edits: Edits): { readonly content: Partial<MovieContent>; readonly media: Partial<MediaContent> } {
  const entries = Object.entries(edits) as [EditableField, unknown][];
  return {
    content: Object.fromEntries(entries.filter(([field]) => !isMediaField(field))),
    media: Object.fromEntries(entries.filter(([field]) => isMediaField(field))),
  };
}

/** `CreateMovieInput`, in which null is as good as absent. */
const creation = z
  .custom<object>()
  .transform((input) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)))
  .pipe(fields)
  .transform((input): MovieChange => {
    const { content, media } = separate(input);
    return { kind: 'create', content: newContent(content as Pick<MovieContent, 'title'>), media };
  });

/** `UpdateMovieInput`. */
const edits = fields.refine((input) => Object.keys(input).length > 0, {
  message: 'Send at least one field.',
  params: { code: 'NOTHING_TO_CHANGE' },
});

const movieAtVersion = { id: z.string(), version: z.number() };

const update = z.object({ ...movieAtVersion, input: edits }).transform(({ id, version, input }): MovieChange => {
  const { content: edits, media } = separate(input);
  return { kind: 'update', id, version, edits, media };
});

const deletion = z
  .object(movieAtVersion)
  .transform(({ id, version }): MovieChange => ({ kind: 'delete', id, version }));

/** The arguments of each mutation, without the idempotency key. */
export const argumentsOf = {
  createMovie: z.object({ input: creation }).transform(({ input }) => input),
  updateMovie: update,
  deleteMovie: deletion,
  changeMovies: z.object({
    changes: changesSchema<MovieChange>({ create: creation, update, delete: deletion }, 'Name each movie once.'),
  }),
  releaseOverrides: z.object({
    ...movieAtVersion,
    fields: z
      .array(z.string().transform(movieFieldOf))
      .nullish()
      .transform((names) => names ?? null),
  }),
};
