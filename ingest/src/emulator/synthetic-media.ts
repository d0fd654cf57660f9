import type { CatalogueMedia, CatalogueProvider } from './catalogue-media.ts';
import { normal, seededRandom } from './seeded-random.ts';
import type { SparseIds } from './sparse-ids.ts';
import { COUNTRIES, COUNTRY_OF, LANGUAGES } from './synthetic-facts.ts';
import { day, pick, type Random, some, text, whole } from './synthetic-values.ts';

const MAX_IMAGES = 1_000;
const PROVIDERS = 200;

const COUNTRY_CODES = [...COUNTRIES.keys()];
const LANGUAGE_CODES = [...LANGUAGES.keys()];
const IMAGE_KINDS = ['poster', 'poster', 'backdrop', 'backdrop', 'logo'] as const;
const VIDEO_TYPES = ['Trailer', 'Teaser', 'Clip', 'Featurette'];
const OFFER_KINDS = ['flatrate', 'rent', 'buy', 'ads', 'free'] as const;

/**
 * The media of a movie, each list computed when it is read: about 10 images, some hundreds at most, and often no video and no offer. The
 * getters are those of a class, since V8 makes a hidden class for each object literal with getters.
 */
export class SyntheticMedia implements CatalogueMedia {
  readonly #seed: number;
  readonly #id: number;
  readonly #movies: SparseIds;

  constructor(seed: number, id: number, movies: SparseIds) {
    this.#seed = seed;
    this.#id = id;
    this.#movies = movies;
  }

  #random(part: string): Random {
    return seededRandom(this.#seed, part, this.#id);
  }

  get images() {
    return images(this.#random('images'), this.#id);
  }

  get videos() {
    const id = this.#id;
    const next = this.#random('videos');
    return Array.from({ length: next() < 0.5 ? 0 : 1 + whole(next, 5) }, (_, index) => ({
      id: `synthetic-${id}-${index}`,
      ...{ site: 'YouTube', key: `synthetic-${id}-${index}`, type: pick(next, VIDEO_TYPES) },
      ...{ name: `Video ${index + 1}`, language: pick(next, LANGUAGE_CODES), country: pick(next, COUNTRY_CODES) },
      ...{ official: next() < 0.5, size: 1_080, published_at: `${day(next, 2006, 20)}T12:00:00.000Z` },
    }));
  }

  get translations() {
    const id = this.#id;
    const next = this.#random('translations');
    return some(next, LANGUAGE_CODES, 6).map((language) => ({
      ...{ language, country: COUNTRY_OF[language] ?? 'US' },
      texts: {
        title: `Movie ${id} (${language})`,
        overview: `Synthetic synopsis: ${text(next, 100 + whole(next, 300))}`,
      },
    }));
  }

  get alternativeTitles() {
    const id = this.#id;
    const next = this.#random('alternative titles');
    return some(next, COUNTRY_CODES, 4).map((country) => ({ country, title: `Movie ${id} in ${country}`, type: '' }));
  }

  get offers() {
    const next = this.#random('offers');
    return next() < 0.6 ? [] : COUNTRY_CODES.flatMap((country) => offers(next, country));
  }

  get recommendations() {
    const id = this.#id;
    const movies = this.#movies;
    const next = this.#random('recommendations');
    const ids = Array.from({ length: whole(next, 21) }, () => movies.at(whole(next, movies.size)));
    return [...new Set(ids)].filter((recommended) => recommended !== id);
  }
}

function images(next: Random, id: number): CatalogueMedia['images'] {
  const count = Math.min(MAX_IMAGES, Math.round(10 * Math.exp(1.1 * normal(next))));
  return Array.from({ length: count }, (_, index) => {
    const kind = pick(next, IMAGE_KINDS);
    return {
      kind,
      facts: {
        path: `/movie-${id}-${index}.jpg`,
        language: next() < 0.3 ? null : pick(next, LANGUAGE_CODES),
        ...(kind === 'poster' ? { width: 2_000, height: 3_000 } : { width: 1_920, height: 1_080 }),
        ...{ vote_average: whole(next, 10_001) / 1_000, vote_count: whole(next, 50) },
      },
    };
  });
}

function offers(next: Random, country: string): CatalogueMedia['offers'] {
  return some(next, OFFER_KINDS, 3).map((kind) => ({
    ...{ country, kind, provider: provider(1 + whole(next, PROVIDERS)), displayPriority: whole(next, 100) },
  }));
}

const provider = (id: number): CatalogueProvider => ({ id, name: `Provider ${id}`, logoPath: `/provider-${id}.jpg` });
