import type { CataloguePerson } from './catalogue.ts';
import type { PersonFacts } from './catalogue-format.ts';
import { seededRandom } from './seeded-random.ts';
import { COUNTRY_OF, LANGUAGES } from './synthetic-facts.ts';
import { day, type Random, some, text, whole } from './synthetic-values.ts';

const LANGUAGE_CODES = [...LANGUAGES];

/** A person that is computed from the id; half of them have nothing but a name, as at TMDb. */
export class SyntheticPerson implements CataloguePerson {
  readonly id: number;
  readonly name: string;
  readonly gender: number;
  readonly #seed: number;
  readonly #isKnown: boolean;

  constructor(seed: number, id: number) {
    const next = seededRandom(seed, 'person', id);
    this.id = id;
    this.name = `Person ${id}`;
    this.gender = whole(next, 4);
    this.#seed = seed;
    this.#isKnown = next() < 0.5;
  }

  get facts(): PersonFacts | undefined {
    return this.#isKnown ? facts(seededRandom(this.#seed, 'person facts', this.id), this.id) : undefined;
  }
}

function facts(next: Random, id: number): PersonFacts {
  return {
    imdb_id: next() < 0.5 ? `nm99${String(id).padStart(8, '0')}` : undefined,
    also_known_as: Array.from({ length: whole(next, 4) }, (_, index) => `Person ${id} (${index + 2})`),
    biography: next() < 0.3 ? '' : `Synthetic biography: ${text(next, 100 + whole(next, 900))}`,
    birthday: next() < 0.7 ? day(next, 1900, 105) : undefined,
    place_of_birth: next() < 0.5 ? `Town ${whole(next, 5_000)}` : undefined,
    homepage: next() < 0.05 ? `https://person-${id}.example/` : undefined,
    images: Array.from({ length: whole(next, 6) }, (_, index) => ({
      file_path: `/person-${id}-${index}.jpg`,
      width: 1_000,
      height: 1_500,
      vote_average: Math.round(1_000 * next() * 10) / 1_000,
      vote_count: whole(next, 50),
    })),
    translations: some(next, LANGUAGE_CODES, 6).map(([iso_639_1, { name, englishName }]) => ({
      iso_639_1,
      iso_3166_1: COUNTRY_OF[iso_639_1] ?? 'US',
      name,
      english_name: englishName,
      biography: `Synthetic biography: ${text(next, 100 + whole(next, 500))}`,
    })),
  };
}
