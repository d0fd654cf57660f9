import type { Catalogue, CatalogueMovie, Lookup } from './catalogue.ts';
import { numberOf } from './derived-values.ts';
import { seededNumber } from './seeded-random.ts';
import { createSparseIds, type SparseIds } from './sparse-ids.ts';
import { COUNTRIES, GENRES, JOBS, LANGUAGES } from './synthetic-facts.ts';
import { popularityRank, SyntheticMovie } from './synthetic-movie.ts';
import { SyntheticPerson } from './synthetic-person.ts';

/** Movies that lists consider: all that TMDb's 500 pages of 20 can show. */
const MAX_LISTED = 10_000;
/** Persons for each movie: TMDb has about 4 million for 1 million movies. */
const PEOPLE_PER_MOVIE = 4;

/**
 * Creates a catalogue of synthetic movies and persons. They are computed from the seed and their id whenever they are read, so that the
 * memory does not grow with their number.
 */
export function createSyntheticCatalogue(count: number, seed: number): Catalogue {
  const movieIds = createSparseIds(count, 7, seed, 'movies');
  const personIds = createSparseIds(count * PEOPLE_PER_MOVIE, 7, seed, 'people');
  const ids = { movies: movieIds, people: personIds };
  const movies = lookup(movieIds, (id) => new SyntheticMovie(seed, id, ids));
  let listed: readonly number[] | undefined;

  return {
    genres: GENRES,
    countries: COUNTRIES,
    languages: LANGUAGES,
    collections: { get: (id) => `Collection ${id}` },
    companies: { get: (id) => `Company ${id}` },
    people: lookup(personIds, (id) => new SyntheticPerson(seed, id)),
    movies,
    keywordId: numberOf,
    knownFor: (id) => {
      const draw = seededNumber(seed, 'department', id);
      return draw < 0.6 ? 'Acting' : JOBS[Math.floor(draw * 1000) % JOBS.length]?.[0];
    },
    *listed() {
      listed ??= mostPopular(movieIds, seed);
      for (const id of listed) yield movies.get(id) as CatalogueMovie;
    },
  };
}

function lookup<Value>(ids: SparseIds, create: (id: number) => Value): Lookup<number, Value> {
  return {
    size: ids.size,
    get: (id) => (ids.has(id) ? create(id) : undefined),
    keys: () => ids.ascending(),
    *values() {
      for (const id of ids.ascending()) yield create(id);
    },
  };
}

/** Returns about 10,000 of the most popular ids; the ranks of all are uniform, so that a share of them needs no sorting. */
function mostPopular(ids: SparseIds, seed: number): number[] {
  const share = MAX_LISTED / ids.size;
  const found: number[] = [];
  for (const id of ids.ascending()) if (popularityRank(seed, id) < share) found.push(id);
  return found;
}
