import { z } from 'zod';
import type { TmdbCredits, TmdbMovie, TmdbMovieListPage, TmdbReviewPage } from '../domain/tmdb.ts';

// Lenient by design: fields that are not named here are dropped, and what an answer may do without is null or empty when it is
// absent. A field of the wrong type, or the lack of one that nothing can be done without, is a mistake with its path.

const text = () => z.string().nullish().default(null);
const number = () => z.number().nullish().default(null);
const truth = () => z.boolean().nullish().default(null);

/** An absent list is an empty one. */
function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

const named = z.object({ id: z.int(), name: z.string() });

export const movieSchema: z.ZodType<TmdbMovie> = z
  .object({
    id: z.int(),
    imdb_id: text(),
    title: text(),
    original_title: text(),
    original_language: text(),
    overview: text(),
    tagline: text(),
    status: text(),
    release_date: text(),
    runtime: number(),
    budget: number(),
    revenue: number(),
    homepage: text(),
    popularity: number(),
    adult: truth(),
    softcore: truth(),
    video: truth(),
    poster_path: text(),
    backdrop_path: text(),
    vote_average: number(),
    vote_count: number(),
    genres: list(named),
    production_companies: list(named.extend({ logo_path: text(), origin_country: text() })),
    production_countries: list(z.object({ iso_3166_1: z.string(), name: z.string() })),
    origin_country: list(z.string()),
    spoken_languages: list(z.object({ iso_639_1: z.string(), name: text(), english_name: text() })),
    belongs_to_collection: named.extend({ poster_path: text(), backdrop_path: text() }).nullish().default(null),
    // The three below are there only where the server knows append_to_response.
    keywords: z.object({ keywords: list(named) }).nullish(),
    external_ids: z
      .object({ wikidata_id: text(), facebook_id: text(), instagram_id: text(), twitter_id: text() })
      .nullish()
      .default(null),
    release_dates: z
      .object({
        results: list(
          z.object({
            iso_3166_1: z.string(),
            release_dates: list(
              z.object({
                type: z.int(),
                release_date: z.string(),
                certification: text(),
                note: text(),
                iso_639_1: text(),
                descriptors: list(z.string()),
              }),
            ),
          }),
        ),
      })
      .nullish(),
  })
  .transform((movie) => ({
    ...movie,
    keywords: movie.keywords?.keywords ?? [],
    release_dates: movie.release_dates?.results ?? [],
  }));

const creditedPerson = z.object({
  id: z.int(),
  name: z.string(),
  original_name: text(),
  gender: number(),
  known_for_department: text(),
  profile_path: text(),
  popularity: number(),
  adult: truth(),
  credit_id: z.string(),
});

export const creditsSchema: z.ZodType<TmdbCredits> = z.object({
  cast: z.array(creditedPerson.extend({ cast_id: number(), character: text(), order: z.int() })),
  crew: z.array(creditedPerson.extend({ department: z.string(), job: z.string() })),
});

const review = z.object({
  id: z.string(),
  author: text(),
  author_details: z
    .object({ name: text(), username: text(), avatar_path: text(), rating: number() })
    .nullish()
    .default(null),
  content: z.string(),
  url: text(),
  created_at: z.string(),
  updated_at: text(),
});

/** TMDb serves no page beyond the 500th of anything; a count beyond that would only make requests that fail. */
export const MAX_PAGES = 500;

export const reviewPageSchema: z.ZodType<TmdbReviewPage> = z.object({
  page: z.int(),
  results: z.array(review),
  total_pages: z.int().min(0).max(MAX_PAGES),
});

export const movieListPageSchema: z.ZodType<TmdbMovieListPage> = z.object({
  page: z.int(),
  results: z.array(z.object({ id: z.int().positive() })),
  total_pages: z.int().min(0),
  total_results: z.int().min(0),
});

/** What does not fit a schema, as `path: what is wrong`; the first few mistakes only. */
export function describeMistakes(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'the answer'}: ${issue.message}`)
    .join('; ');
}
