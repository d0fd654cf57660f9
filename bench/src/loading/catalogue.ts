import type { MovieCredits } from '@marquee/events/generated/movie-credits';
import type { MovieDetails } from '@marquee/events/generated/movie-details';
import type { MovieRatings } from '@marquee/events/generated/movie-ratings';

export interface CatalogueSize {
  readonly movies: number;
  /** Each of them has a credit. */
  readonly people: number;
  /** Mean number of credits of a movie. */
  readonly creditsPerMovie: number;
}

/** TMDb's data of one movie. */
export interface SyntheticMovie {
  readonly details: MovieDetails;
  readonly credits: MovieCredits;
  readonly ratings: MovieRatings;
}

type Person = MovieCredits['cast'][number]['person'];

/**
 * Rank offset of the Zipf-Mandelbrot law by which people are credited: the share of the person of rank `r` is proportional to
 * `1 / (r + 200)`. In 5,000 movies with 50 credits each the busiest person has about 120, as in TMDb's 5,000 best-known movies.
 */
const RANK_OFFSET = 200;

const SYLLABLES = [
  'ba',
  'den',
  'lo',
  'mar',
  'ki',
  'ran',
  'so',
  'tel',
  'vi',
  'nor',
  'ja',
  'pe',
  'hul',
  'go',
  'wes',
  'ti',
];
const JOBS = [
  ['Directing', 'Director'],
  ['Writing', 'Screenplay'],
  ['Production', 'Producer'],
  ['Production', 'Executive Producer'],
  ['Sound', 'Original Music Composer'],
  ['Camera', 'Director of Photography'],
  ['Editing', 'Editor'],
  ['Art', 'Production Design'],
  ['Costume & Make-Up', 'Costume Design'],
  ['Crew', 'Stunts'],
] as const;
const GENRES = ['Action', 'Drama', 'Comedy', 'Thriller', 'Horror', 'Romance', 'Crime', 'Family', 'Fantasy', 'History'];
const COUNTRIES = ['US', 'GB', 'FR', 'DE', 'JP', 'IN'];
const LANGUAGES = ['en', 'en', 'en', 'fr', 'de', 'ja', 'hi'];

/** Creates a movie that depends only on its number and the catalogue's size. */
export function syntheticMovie(number: number, size: CatalogueSize): SyntheticMovie {
  const random = randomOf(number);
  const whole = (below: number) => Math.floor(random() * below);
  const date = new Date(Date.UTC(1950, 0, 1 + whole(27_000))).toISOString().slice(0, 10);
  const movieId = String(number);
  return {
    details: detailsOf(number, date, random),
    credits: { movieId, ...creditsOf(number, size, random) },
    ratings: {
      movieId,
      voteAverage: Math.round(random() * 1_000) / 100,
      voteCount: 1 + whole(20_000),
      reviews: Array.from({ length: whole(4) }, (_, index) => ({
        id: `${number.toString(16).padStart(8, '0')}${index}`,
        author: words(random, 1),
        authorName: null,
        authorUsername: words(random, 1).toLowerCase(),
        authorAvatarPath: null,
        rating: 1 + whole(10),
        content: words(random, 80),
        url: null,
        createdAt: `${date}T12:00:00.000Z`,
        updatedAt: null,
      })),
    },
  };
}

/** Returns the id of a person by rank from 0: smaller ranks have more credits. */
export const personId = (rank: number): string => String(rank + 1);

function detailsOf(number: number, date: string, random: () => number): MovieDetails {
  const whole = (below: number) => Math.floor(random() * below);
  const country = COUNTRIES[whole(COUNTRIES.length)] as string;
  const language = LANGUAGES[whole(LANGUAGES.length)] as string;
  const title = words(random, 1 + whole(3));
  const uniques = (count: number, below: number) => [...new Set(Array.from({ length: count }, () => whole(below)))];
  return {
    movieId: String(number),
    tmdbId: number,
    imdbId: `tt${String(number).padStart(7, '0')}`,
    title,
    originalTitle: title,
    originalLanguage: language,
    overview: words(random, 50),
    tagline: words(random, 6),
    status: 'Released',
    releaseDate: date,
    runtime: 60 + whole(120),
    budget: 1_000_000 + whole(200_000_000),
    revenue: 1_000_000 + whole(900_000_000),
    homepage: null,
    popularity: Math.round(1_000 * 0.6 * (random() + 1e-6) ** -0.5) / 1_000,
    adult: false,
    softcore: null,
    video: false,
    posterPath: `/poster${number}.jpg`,
    backdropPath: `/backdrop${number}.jpg`,
    genres: uniques(3, GENRES.length).map((id) => ({ id: id + 1, name: GENRES[id] as string })),
    productionCompanies: uniques(3, 2_000).map((id) => ({
      id: id + 1,
      name: `${words(randomOf(id + 1), 2)} Pictures`,
      logoPath: null,
      originCountry: 'US',
    })),
    productionCountries: [{ code: country, name: country }],
    originCountries: [country],
    spokenLanguages: [{ code: language, name: language, englishName: language }],
    collection:
      number % 10 === 0 ? { id: number, name: `${title} Collection`, posterPath: null, backdropPath: null } : null,
    keywords: uniques(8, 5_000).map((id) => ({ id: id + 1, name: words(randomOf(id + 1), 1).toLowerCase() })),
    externalIds: { wikidataId: `Q${number}`, facebookId: null, instagramId: null, twitterId: null },
    releases: COUNTRIES.map((code, index) => ({
      country: code,
      type: 3,
      date: `${date}T00:00:00.000Z`,
      certification: index < 3 ? 'PG' : null,
      note: null,
    })),
  };
}

function creditsOf(
  number: number,
  { movies, people, creditsPerMovie }: CatalogueSize,
  random: () => number,
): Pick<MovieCredits, 'cast' | 'crew'> {
  // Each person's first credit is fixed by rank; the others follow the law.
  const ranks = [];
  for (let rank = number - 1; rank < people; rank += movies) ranks.push(rank);
  const span = Math.log((people + RANK_OFFSET) / RANK_OFFSET);
  while (ranks.length < creditsPerMovie) {
    ranks.push(Math.min(people - 1, Math.floor(RANK_OFFSET * (Math.exp(random() * span) - 1))));
  }
  const isCast = (index: number) => index % 2 === 0;
  const id = (index: number) => `${number.toString(16).padStart(12, '0')}${index.toString(16).padStart(12, '0')}`;
  // Smaller ranks are billed first.
  const distinct = [...new Set(ranks)].sort((a, b) => a - b).map(personOf);
  return {
    cast: distinct
      .filter((_, index) => isCast(index))
      .map((person, order) => ({
        creditId: id(order * 2),
        castId: order,
        character: words(random, 2),
        order,
        person,
      })),
    crew: distinct
      .filter((_, index) => !isCast(index))
      .map((person, index) => {
        const [department, job] = JOBS[index % JOBS.length] as (typeof JOBS)[number];
        return { creditId: id(index * 2 + 1), department, job, person };
      }),
  };
}

function personOf(rank: number): Person {
  const random = randomOf(rank + 1);
  const name = words(random, 2);
  return {
    id: personId(rank),
    tmdbId: rank + 1,
    name,
    originalName: name,
    gender: random() < 0.6 ? 'MALE' : 'FEMALE',
    knownForDepartment: rank % 2 === 0 ? 'Acting' : 'Production',
    profilePath: rank % 3 === 0 ? `/profile${rank}.jpg` : null,
    popularity: Math.round((1_000 * 300) / (rank / 20 + 1)) / 1_000,
    adult: false,
  };
}

/** Returns words of 2 or 3 syllables, of which few are common. */
function words(random: () => number, count: number): string {
  return Array.from({ length: count }, () => {
    const number = Math.floor(4_096 ** random());
    const syllables = [number % 16, Math.floor(number / 16) % 16, Math.floor(number / 256)];
    const word = syllables.map((index) => SYLLABLES[index]).join('');
    return word[0]?.toUpperCase() + word.slice(1);
  }).join(' ');
}

/** Returns numbers from 0 to 1 by mulberry32. */
export function randomOf(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
