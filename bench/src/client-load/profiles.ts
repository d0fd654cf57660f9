import type { CatalogueSample, NamedObject } from './catalogue-sample.ts';
import { zipf } from './zipf.ts';

/** An operation of a profile with its share of the requests. */
export interface ProfiledOperation {
  readonly name: string;
  /** Relative to the other operations. */
  readonly share: number;
  readonly variables: (draw: Draw) => Readonly<Record<string, unknown>>;
}

/** Draws objects by Zipf's law. */
export interface Draw {
  movie(): NamedObject;
  person(): NamedObject;
  genre(): NamedObject;
  /** Draws a whole number from 0, all with equal probability. */
  below(limit: number): number;
}

export function createDraw(sample: CatalogueSample, skew: number, random: () => number): Draw {
  const from = (objects: readonly NamedObject[]) => {
    const rank = zipf(objects.length, skew, random);
    return () => objects[rank()] as NamedObject;
  };
  return {
    movie: from(sample.movies),
    person: from(sample.people),
    genre: from(sample.genres),
    below: (limit) => Math.floor(random() * limit),
  };
}

const COUNTRIES = ['US', 'DE', 'FR', 'GB', 'BR', 'JP'];
const PAGE = { first: 24 };

/** Returns one of the first words of a title or name, as visitors search for it. */
function words(draw: Draw): string {
  const { name } = draw.below(3) === 0 ? draw.person() : draw.movie();
  return name.split(' ').slice(0, 3).join(' ').slice(0, 100);
}

/** The pages of the movie site, as often as visitors open them. */
const SITE: readonly ProfiledOperation[] = [
  { name: 'Home', share: 12, variables: () => ({ today: new Date().toISOString().slice(0, 10) }) },
  {
    name: 'Movie',
    share: 38,
    variables: (draw) => ({ id: draw.movie().id, country: COUNTRIES[draw.below(COUNTRIES.length)] }),
  },
  { name: 'Person', share: 18, variables: (draw) => ({ id: draw.person().id }) },
  {
    name: 'Suggestions',
    share: 16,
    variables(draw) {
      const text = words(draw);
      return { query: text.slice(0, 2 + draw.below(text.length)) };
    },
  },
  { name: 'Search', share: 5, variables: (draw) => ({ query: words(draw) }) },
  {
    name: 'Browse',
    share: 6,
    variables: (draw) => ({
      ...PAGE,
      orderBy: { field: 'POPULARITY', direction: 'DESC' },
      filter: { genres: { any: [draw.genre().id] } },
      keyword: '',
      company: '',
      hasKeyword: false,
      hasCompany: false,
    }),
  },
  { name: 'Trending', share: 2, variables: () => PAGE },
  { name: 'TopRated', share: 2, variables: () => PAGE },
  { name: 'MostVoted', share: 1, variables: () => PAGE },
];

export const PROFILES: Readonly<Record<string, readonly ProfiledOperation[]>> = { site: SITE };

/** Returns a function that draws operations by their shares. */
export function drawOperation(operations: readonly ProfiledOperation[], random: () => number): () => ProfiledOperation {
  const total = operations.reduce((sum, { share }) => sum + share, 0);
  return () => {
    let rest = random() * total;
    for (const operation of operations) {
      rest -= operation.share;
      if (rest < 0) return operation;
    }
    return operations[0] as ProfiledOperation;
  };
}
