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

/** Creates the media of a movie, each list when it is read: about 10 images, some hundreds at most, and often no video and no offer. */
export function createSyntheticMedia(seed: number, id: number, movies: SparseIds): CatalogueMedia {
  const random = (part: string) => seededRandom(seed, part, id);
  return {
    get images() {
      return images(random('images'), id);
    },
    get videos() {
      const next = random('videos');
      return Array.from({ length: next() < 0.5 ? 0 : 1 + whole(next, 5) }, (_, index) => ({
        id: `synthetic-${id}-${index}`,
        ...{ site: 'YouTube', key: `synthetic-${id}-${index}`, type: pick(next, VIDEO_TYPES) },
        ...{ name: `Video ${index + 1}`, language: pick(next, LANGUAGE_CODES), country: pick(next, COUNTRY_CODES) },
        ...{ official: next() < 0.5, size: 1_080, published_at: `${day(next, 2006, 20)}T12:00:00.000Z` },
      }));
    },
    get translations() {
      const next = random('translations');
      return some(next, LANGUAGE_CODES, 6).map((language) => ({
        ...{ language, country: COUNTRY_OF[language] ?? 'US' },
        texts: {
          title: `Movie ${id} (${language})`,
          overview: `Synthetic synopsis: ${text(next, 100 + whole(next, 300))}`,
        },
      }));
    },
    get alternativeTitles() {
      const next = random('alternative titles');
      return some(next, COUNTRY_CODES, 4).map((country) => ({ country, title: `Movie ${id} in ${country}`, type: '' }));
    },
    get offers() {
      const next = random('offers');
      return next() < 0.6 ? [] : COUNTRY_CODES.flatMap((country) => offers(next, country));
    },
    get recommendations() {
      const next = random('recommendations');
      const ids = Array.from({ length: whole(next, 21) }, () => movies.at(whole(next, movies.size)));
      return [...new Set(ids)].filter((recommended) => recommended !== id);
    },
  };
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
