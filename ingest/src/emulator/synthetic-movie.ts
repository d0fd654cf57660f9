import type { CatalogueMovie, CatalogueReview } from './catalogue.ts';
import type { MovieFacts } from './catalogue-format.ts';
import type { CatalogueMedia } from './catalogue-media.ts';
import { normal, seededNumber, seededRandom } from './seeded-random.ts';
import type { SparseIds } from './sparse-ids.ts';
import { COUNTRIES, GENRES, JOBS, LANGUAGES } from './synthetic-facts.ts';
import { SyntheticMedia } from './synthetic-media.ts';
import { day, distinct, pick, type Random, some, text, whole } from './synthetic-values.ts';

const COMPANIES = 5_000;
const KEYWORDS = 2_000;
const COLLECTIONS = 1_000;
const MAX_CREDITS = 500;

const COUNTRY_CODES = [...COUNTRIES.keys()];
const LANGUAGE_CODES = [...LANGUAGES.keys()];
const GENRE_IDS = [...GENRES.keys()];

/** Popularity of a movie whose rank among all is this share: few are popular, as at TMDb. */
export const popularityAt = (rank: number) => Math.round(Math.min(1000, 0.3 * (rank + 1e-7) ** -0.6) * 1e4) / 1e4;

/** Returns the share of movies that are more popular than this one. */
export const popularityRank = (seed: number, id: number) => seededNumber(seed, 'popularity', id);

/**
 * A movie that is computed from its id, each list when it is read. Its sizes are those of TMDb's well-known movies: about 20 cast and 15
 * crew, up to 500 each, and mostly no review. Its names and texts say that they are synthetic.
 *
 * The getters are those of a class: V8 makes a hidden class for each object literal with getters, which are 2 KB a movie in the old
 * generation.
 */
export class SyntheticMovie implements CatalogueMovie {
  readonly id: number;
  readonly #seed: number;
  readonly #ids: { readonly movies: SparseIds; readonly people: SparseIds };

  constructor(seed: number, id: number, ids: { readonly movies: SparseIds; readonly people: SparseIds }) {
    this.id = id;
    this.#seed = seed;
    this.#ids = ids;
  }

  #random(part: string): Random {
    return seededRandom(this.#seed, part, this.id);
  }

  get facts(): MovieFacts {
    return facts(this.#random('facts'), this.#seed, this.id);
  }

  get releases(): CatalogueMovie['releases'] {
    const next = this.#random('releases');
    return some(next, COUNTRY_CODES, 4).map((country) => ({
      country,
      certification: pick(next, ['', 'PG', '12', '16']),
      type: 1 + whole(next, 5),
      date: day(next, 1930, 96),
    }));
  }

  get cast(): CatalogueMovie['cast'] {
    const next = this.#random('cast');
    return Array.from({ length: creditCount(next, 20) }, (_, order) => ({
      personId: person(next, this.#ids.people),
      character: next() < 0.2 ? '' : `Role ${order + 1}`,
      order,
    })).filter(isFirst(({ personId, character }) => `${personId} ${character}`));
  }

  get crew(): CatalogueMovie['crew'] {
    const next = this.#random('crew');
    return Array.from({ length: creditCount(next, 15) }, (_, index) => {
      const [department, job] = JOBS[index] ?? pick(next, JOBS);
      return { personId: person(next, this.#ids.people), department, job };
    }).filter(isFirst(({ personId, department, job }) => `${personId} ${department} ${job}`));
  }

  get reviews(): CatalogueReview[] {
    return reviews(this.#random('reviews'));
  }

  get media(): CatalogueMedia {
    return new SyntheticMedia(this.#seed, this.id, this.#ids.movies);
  }
}

function facts(next: Random, seed: number, id: number): MovieFacts {
  const isKnown = next() < 0.4;
  const votes = Math.floor(Math.exp(2 + 2 * normal(next)));
  return {
    title: `Movie ${id}`,
    original_title: next() < 0.3 ? `Film ${id}` : undefined,
    original_language: pick(next, LANGUAGE_CODES),
    release_date: next() < 0.02 ? '' : day(next, 1930, 96),
    runtime: next() < 0.1 ? 0 : 60 + whole(next, 90),
    status: 'Released',
    budget: isKnown ? whole(next, 100) * 1_000_000 : 0,
    revenue: isKnown ? whole(next, 300) * 1_000_000 : 0,
    popularity: popularityAt(popularityRank(seed, id)),
    vote_average: votes === 0 ? 0 : Math.round(1000 + 8000 * next()) / 1000,
    vote_count: votes,
    imdb_id: next() < 0.6 ? `tt99${String(id).padStart(8, '0')}` : undefined,
    homepage: next() < 0.1 ? `https://movie-${id}.example/` : undefined,
    collection: next() < 0.05 ? 1 + whole(next, COLLECTIONS) : undefined,
    origin_countries: some(next, COUNTRY_CODES, 2),
    overview: next() < 0.1 ? '' : `Synthetic synopsis: ${text(next, 120 + whole(next, 400))}`,
    tagline: next() < 0.6 ? '' : `Synthetic tagline: ${text(next, 40)}`,
    genres: some(next, GENRE_IDS, 3),
    companies: distinct(next, COMPANIES, 3),
    countries: some(next, COUNTRY_CODES, 2),
    languages: some(next, LANGUAGE_CODES, 2),
    keywords: distinct(next, KEYWORDS, 10).map((number) => `keyword ${number}`),
  };
}

function reviews(next: Random): CatalogueReview[] {
  const kind = next();
  const count = kind < 0.9 ? 0 : kind < 0.99 ? 1 + whole(next, 5) : 21 + whole(next, 40);
  return Array.from({ length: count }, (_, index) => ({
    author: `Synthetic reviewer ${index + 1}`,
    rating: next() < 0.2 ? null : (1 + whole(next, 20)) / 2,
    createdAt: `${day(next, 1930, 96)}T12:00:00.000Z`,
    content: `Synthetic review: ${text(next, 120 + whole(next, 900))}`,
  }));
}

/** Returns the number of a movie's credits: log-normal around the median, and none for one movie in 25. */
function creditCount(next: Random, median: number): number {
  if (next() < 0.04) return 0;
  return Math.min(MAX_CREDITS, Math.round(median * Math.exp(0.9 * normal(next))));
}

/** Returns a person; a few are in many movies. */
function person(next: Random, people: SparseIds): number {
  return people.at(Math.floor(people.size * next() ** 2));
}

/** Returns a filter that keeps the first item with each key. */
function isFirst<Item>(keyOf: (item: Item) => string): (item: Item) => boolean {
  const keys = new Set<string>();
  return (item) => {
    const key = keyOf(item);
    return !keys.has(key) && keys.add(key).size > 0;
  };
}
