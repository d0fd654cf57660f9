import { isBlank, isStorableText } from '@marquee/runtime/text';
import { z } from 'zod';
import { isDay, toMoment } from '../domain/moment.ts';
import type { TmdbCredits, TmdbMovie, TmdbMovieListPage, TmdbReviewPage } from '../domain/tmdb.ts';

// A body that fits these schemas fits the events' schemas after its conversion. Other fields are dropped, and absent optional fields are
// null or empty. lenient-reading.ts omits the values that violate them.

const INT4 = 2_147_483_647;
const NAME = 600;

const storable = (max: number) =>
  z.string().max(max).refine(isStorableText, { error: 'it contains U+0000 or an unpaired surrogate' });

/** Optional text; a blank text is null. */
const text = (max = NAME) =>
  storable(max)
    .transform((value) => (isBlank(value) ? null : value))
    .nullish()
    .default(null);

/** Text that is not blank. */
const label = (max = NAME) => storable(max).refine((value) => !isBlank(value), { error: 'it is blank' });

/** A text in a specific format. @param read returns the parsed value, or undefined for another format */
const formed = (read: (value: string) => string | undefined, error: string) =>
  z.string().transform((value, ctx) => {
    const parsed = read(value);
    if (parsed !== undefined) return parsed;
    ctx.addIssue({ code: 'custom', message: error, input: value });
    return z.NEVER;
  });

/** The same for an optional value, for which TMDb has an empty text. */
const formedIfKnown = (...[read, error]: Parameters<typeof formed>) =>
  formed((value) => (isBlank(value) ? '' : read(value)), error)
    .transform((value) => value || null)
    .nullish()
    .default(null);

type Form = Parameters<typeof formed>;
const COUNTRY: Form = [(value) => (/^[A-Z]{2}$/.test(value) ? value : undefined), 'it is not an ISO 3166-1 code'];
const LANGUAGE: Form = [(value) => (/^[a-z]{2,3}$/.test(value) ? value : undefined), 'it is not an ISO 639 code'];
const DAY: Form = [(value) => (isDay(value) ? value : undefined), 'it is not a date'];
const MOMENT: Form = [toMoment, 'it is not a timestamp'];

const whole = (max = INT4, min = 0) => z.int().min(min).max(max);
const quantity = (max?: number) => whole(max).nullish().default(null);
const decimal = (max = Number.MAX_VALUE) => z.number().min(0).max(max).nullish().default(null);
const truth = () => z.boolean().nullish().default(null);

/** A list of at most `max` entries, empty when absent. @param keyOf the first of several entries with equal keys is kept */
function list<Item extends z.ZodType>(item: Item, max: number, keyOf?: (entry: z.output<Item>) => unknown) {
  return z
    .array(z.unknown())
    .max(max)
    .pipe(z.array(item.optional()))
    .superRefine((entries, ctx) => {
      if (keyOf === undefined) return;
      const keys = new Set<unknown>();
      for (const [index, entry] of entries.entries()) {
        if (entry === undefined) continue;
        const key = keyOf(entry);
        if (keys.has(key)) ctx.addIssue({ code: 'custom', path: [index], message: 'it is a duplicate', input: entry });
        keys.add(key);
      }
    })
    .nullish()
    .transform((entries) => (entries ?? []).filter((entry) => entry !== undefined));
}

const itself = (value: unknown) => value;
const byId = ({ id }: { id: number }) => id;
const byCreditId = ({ credit_id }: { credit_id: string }) => credit_id;

const named = z.object({ id: whole(), name: label() });
const imagePath = text;

const release = z.object({
  type: whole(6, 1),
  release_date: formed(...MOMENT),
  certification: text(255),
  note: text(10_000),
  iso_639_1: formedIfKnown(...LANGUAGE),
  descriptors: list(text(), 100).transform((all) => all.filter((descriptor) => descriptor !== null)),
});

export const movieSchema: z.ZodType<TmdbMovie> = z
  .object({
    id: whole(INT4, 1),
    imdb_id: text(64),
    title: text(),
    original_title: text(),
    original_language: formedIfKnown(...LANGUAGE),
    overview: text(50_000),
    tagline: text(10_000),
    status: text(64),
    release_date: formedIfKnown(...DAY),
    runtime: quantity(),
    budget: quantity(Number.MAX_SAFE_INTEGER),
    revenue: quantity(Number.MAX_SAFE_INTEGER),
    homepage: text(10_000),
    popularity: decimal(),
    adult: truth(),
    softcore: truth(),
    video: truth(),
    poster_path: imagePath(),
    backdrop_path: imagePath(),
    vote_average: decimal(10),
    vote_count: quantity(),
    genres: list(named, 100, byId),
    production_companies: list(
      named.extend({ logo_path: imagePath(), origin_country: formedIfKnown(...COUNTRY) }),
      1_000,
      byId,
    ),
    production_countries: list(
      z.object({ iso_3166_1: formed(...COUNTRY), name: label() }),
      300,
      (entry) => entry.iso_3166_1,
    ),
    origin_country: list(formed(...COUNTRY), 300, itself),
    spoken_languages: list(
      z.object({ iso_639_1: formed(...LANGUAGE), name: text(), english_name: text() }),
      300,
      (entry) => entry.iso_639_1,
    ),
    belongs_to_collection: named
      .extend({ poster_path: imagePath(), backdrop_path: imagePath() })
      .nullish()
      .default(null),
    // The following three need a server that supports append_to_response.
    keywords: z.object({ keywords: list(named, 2_000, byId) }).nullish(),
    external_ids: z
      .object({ wikidata_id: text(255), facebook_id: text(255), instagram_id: text(255), twitter_id: text(255) })
      .nullish()
      .default(null),
    release_dates: z
      .object({ results: list(z.object({ iso_3166_1: formed(...COUNTRY), release_dates: list(release, 1_000) }), 300) })
      .nullish(),
  })
  .transform((movie) => ({
    ...movie,
    keywords: movie.keywords?.keywords ?? [],
    release_dates: movie.release_dates?.results ?? [],
  }));

const creditedPerson = z.object({
  id: whole(INT4, 1),
  name: label(),
  original_name: text(),
  gender: z.number().nullish().default(null),
  known_for_department: text(255),
  profile_path: imagePath(),
  popularity: decimal(),
  adult: truth(),
  credit_id: label(64),
});

/** Requires one of these fields; a body without them is that of another resource or another server. */
const withOneOf = (...fields: readonly string[]) =>
  z.record(z.string(), z.unknown()).refine((body) => fields.some((field) => Object.hasOwn(body, field)), {
    error: `it has none of ${fields.join(', ')}`,
    abort: true,
  });

const ofMovie = { id: whole(INT4, 1).nullish().default(null) };

/** Maximum number of entries of a cast, and of a crew. */
const MAX_CREDITS = 5_000;

export const creditsSchema: z.ZodType<TmdbCredits> = withOneOf('id', 'cast', 'crew').pipe(
  z.object({
    ...ofMovie,
    cast: list(
      creditedPerson.extend({ cast_id: quantity(), character: text(10_000), order: quantity() }),
      MAX_CREDITS,
      byCreditId,
    ),
    crew: list(creditedPerson.extend({ department: label(255), job: label(255) }), MAX_CREDITS, byCreditId),
  }),
);

const review = z.object({
  id: label(64),
  author: text(),
  author_details: z
    .object({ name: text(), username: text(), avatar_path: imagePath(), rating: decimal(10) })
    .nullish()
    .default(null),
  content: storable(100_000).transform((value) => (isBlank(value) ? '' : value)),
  url: text(10_000),
  created_at: formed(...MOMENT),
  updated_at: formedIfKnown(...MOMENT),
});

export const reviewPageSchema: z.ZodType<TmdbReviewPage> = withOneOf('id', 'results').pipe(
  z.object({ ...ofMovie, results: list(review, 1_000), total_pages: quantity() }),
);

/** Maximum number of movies on a page; TMDb has 20. */
const MAX_LIST_PAGE = 100;

export const movieListPageSchema: z.ZodType<TmdbMovieListPage> = withOneOf('results').pipe(
  z.object({
    results: list(z.object({ id: whole(INT4, 1) }), MAX_LIST_PAGE),
    total_pages: quantity(),
    total_results: quantity(),
  }),
);
