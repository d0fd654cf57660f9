import { isBlank } from '@marquee/runtime/text';
import { z } from 'zod';
import type { TmdbCredits, TmdbMovie, TmdbMovieListPage, TmdbReviewPage } from '../domain/tmdb.ts';
import { mediaSchemas } from './tmdb-media-schemas.ts';
import {
  byId,
  COUNTRY,
  DAY,
  decimal,
  formed,
  formedIfKnown,
  INT4,
  itself,
  LANGUAGE,
  label,
  list,
  MOMENT,
  quantity,
  storable,
  text,
  truth,
  whole,
} from './tmdb-values.ts';

// A body that fits these schemas fits the events' schemas after its conversion. Other fields are dropped, and absent optional fields are
// null or empty. lenient-reading.ts omits the values that violate them. Compiled schemas take a fifth of the time on bodies without a
// violation, which are nearly all.

const imagePath = text;

const named = z.object({ id: whole(), name: label() });

const release = z.object({
  type: whole(6, 1),
  release_date: formed(...MOMENT),
  certification: text(255),
  note: text(10_000),
  iso_639_1: formedIfKnown(...LANGUAGE),
  descriptors: list(text(), 100).transform((all) => all.filter((descriptor) => descriptor !== null)),
});

export const movieSchema: z.ZodType<TmdbMovie> = z.compile(
  z
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
      // The following need a server that supports append_to_response.
      keywords: z.object({ keywords: list(named, 2_000, byId) }).nullish(),
      external_ids: z
        .object({ wikidata_id: text(255), facebook_id: text(255), instagram_id: text(255), twitter_id: text(255) })
        .nullish()
        .default(null),
      release_dates: z
        .object({
          results: list(z.object({ iso_3166_1: formed(...COUNTRY), release_dates: list(release, 1_000) }), 300),
        })
        .nullish(),
      ...mediaSchemas,
    })
    .transform((movie) => ({
      ...movie,
      keywords: movie.keywords?.keywords ?? [],
      release_dates: movie.release_dates?.results ?? [],
    })),
);

const byCreditId = ({ credit_id }: { credit_id: string }) => credit_id;

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

export const creditsSchema: z.ZodType<TmdbCredits> = z.compile(
  withOneOf('id', 'cast', 'crew').pipe(
    z.object({
      ...ofMovie,
      cast: list(
        creditedPerson.extend({ cast_id: quantity(), character: text(10_000), order: quantity() }),
        MAX_CREDITS,
        byCreditId,
      ),
      crew: list(creditedPerson.extend({ department: label(255), job: label(255) }), MAX_CREDITS, byCreditId),
    }),
  ),
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

export const reviewPageSchema: z.ZodType<TmdbReviewPage> = z.compile(
  withOneOf('id', 'results').pipe(z.object({ ...ofMovie, results: list(review, 1_000), total_pages: quantity() })),
);

/** Maximum number of movies on a page; TMDb has 20. */
const MAX_LIST_PAGE = 100;

export const movieListPageSchema: z.ZodType<TmdbMovieListPage> = z.compile(
  withOneOf('results').pipe(
    z.object({
      results: list(z.object({ id: whole(INT4, 1) }), MAX_LIST_PAGE),
      total_pages: quantity(),
      total_results: quantity(),
    }),
  ),
);
