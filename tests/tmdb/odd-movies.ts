import {
  APPENDED,
  type Credits,
  type Details,
  type Image,
  type Movie,
  type Review,
  type WatchOffer,
} from './bodies.ts';

/** Unordered, in two countries, one of them in an older format. */
const releases: NonNullable<Details['release_dates']>['results'] = [
  {
    iso_3166_1: 'US',
    release_dates: [
      {
        certification: 'R',
        descriptors: ['Violence', 'Language'],
        iso_639_1: 'en',
        note: '',
        release_date: '2024-03-29T00:00:00.000Z',
        type: 3,
      },
      { certification: '', iso_639_1: '', release_date: '2024-03-01T23:00:00.000Z', type: 1 },
    ],
  },
  {
    iso_3166_1: 'JP',
    release_dates: [
      {
        certification: '',
        descriptors: [],
        iso_639_1: 'ja',
        note: 'Festival',
        release_date: '2024-02-29T00:00:00.000Z',
        type: 1,
      },
    ],
  },
];

/** Images, videos, translations and so on, with unknown values in all forms. */
const media: Partial<Details> = {
  images: {
    posters: [image('/poster.jpg', { iso_639_1: 'en', iso_3166_1: 'US' }), image('/other.jpg', { vote_count: 0 })],
    backdrops: [image('/backdrop.jpg', { iso_639_1: '', width: 1920, height: 1080, aspect_ratio: 1.778 })],
    logos: [image('/logo.svg', { iso_639_1: 'xx', width: 0, height: 0 })],
  },
  videos: {
    results: [
      {
        ...{ iso_639_1: 'ja', iso_3166_1: 'JP', name: 'Test trailer', key: 'test-key', site: 'YouTube', size: 1080 },
        ...{
          type: 'Trailer',
          official: true,
          published_at: '2024-02-29T23:59:59.000Z',
          id: '65e0f0c0a0b0c0d0e0f00001',
        },
      },
      { name: '', key: '2', site: 'Vimeo', type: 'Behind the Scenes', id: '65e0f0c0a0b0c0d0e0f00002' },
    ],
  },
  translations: {
    translations: [
      {
        ...{ iso_3166_1: 'JP', iso_639_1: 'ja', name: '日本語', english_name: 'Japanese' },
        data: { homepage: '', overview: '試験。', runtime: 0, tagline: '', title: '' },
      },
      {
        ...{ iso_3166_1: 'BR', iso_639_1: 'pt', name: 'Português', english_name: 'Portuguese' },
        data: { homepage: 'https://pt.example/', overview: '', runtime: 99, tagline: 'Um teste.', title: 'Teste' },
      },
    ],
  },
  alternative_titles: {
    titles: [
      { iso_3166_1: 'US', title: 'The Test', type: '' },
      { iso_3166_1: 'US', title: 'The Test Again', type: 'DVD title' },
    ],
  },
  'watch/providers': {
    results: {
      BR: {
        link: 'https://www.themoviedb.org/movie/1/watch?locale=BR',
        flatrate: [offer(1)],
        buy: [offer(2), offer(3)],
      },
      US: {
        link: '',
        ...{ free: [offer(4)], ads: [offer(5)], rent: [offer(3)] },
      },
    },
  },
  recommendations: { results: [{ id: 7_000_003 }, { id: 7_000_001 }] },
};

function image(file_path: string, differences: Partial<Image> = {}): Image {
  const size = { aspect_ratio: 0.667, height: 3000, width: 2000 };
  return { ...size, file_path, iso_639_1: null, vote_average: 5.318, vote_count: 7, ...differences };
}

function offer(number: number): WatchOffer {
  const logo_path = number % 2 === 0 ? null : `/provider-${number}.jpg`;
  return {
    display_priority: number,
    logo_path,
    provider_id: 900_000 + number,
    provider_name: `Test provider ${number}`,
  };
}

/** More of everything than any movie of TMDb's has. */
function manyMedia(): Partial<Details> {
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  const countries = letters.flatMap((first) => letters.map((second) => `${first}${second}`)).slice(0, 200);
  const images = Array.from({ length: 2_000 }, (_, index) => image(`/${index}.jpg`));
  return {
    images: { posters: images.slice(0, 1_500), backdrops: images.slice(1_500, 1_900), logos: images.slice(1_900) },
    translations: {
      translations: countries.slice(0, 60).map((code) => ({
        ...{ iso_3166_1: code, iso_639_1: code.toLowerCase(), name: `Name ${code}`, english_name: `Language ${code}` },
        data: { homepage: '', overview: `${code} test. `.repeat(100), runtime: 0, tagline: '', title: `Test ${code}` },
      })),
    },
    'watch/providers': {
      results: Object.fromEntries(
        countries.map((code) => [code, { link: `https://www.themoviedb.org/?locale=${code}`, flatrate: [offer(1)] }]),
      ),
    },
  };
}

/** An invented movie with most fields; every odd movie differs from it. */
function details(id: number, differences: Partial<Details> = {}): Details {
  return {
    id,
    title: `Test movie ${id}`,
    original_title: `試験 ${id}`,
    original_language: 'ja',
    overview: 'A test.',
    tagline: 'Tested.',
    status: 'Released',
    release_date: '2024-02-29',
    runtime: 101,
    budget: 4_294_967_296,
    revenue: 9_007_199_254_740_991,
    homepage: 'https://movie.example/',
    imdb_id: `tt${id}`,
    popularity: 12.345,
    adult: false,
    softcore: false,
    video: false,
    origin_country: ['JP'],
    poster_path: '/poster.jpg',
    backdrop_path: '/backdrop.jpg',
    vote_average: 8.203,
    vote_count: 1_234,
    genres: [
      { id: 18, name: 'Drama' },
      { id: 28, name: 'Action' },
    ],
    production_companies: [
      { id: 900_001, name: 'Test company', logo_path: '/logo.png', origin_country: 'JP' },
      { id: 900_002, name: 'Test company abroad', logo_path: null, origin_country: '' },
    ],
    production_countries: [{ iso_3166_1: 'JP', name: 'Japan' }],
    spoken_languages: [{ english_name: 'Japanese', iso_639_1: 'ja', name: '日本語' }],
    belongs_to_collection: {
      id: 900_003,
      name: 'Test collection',
      poster_path: '/collection.jpg',
      backdrop_path: null,
    },
    keywords: {
      keywords: [
        { id: 900_005, name: 'test' },
        { id: 900_004, name: 'another test' },
      ],
    },
    external_ids: {
      imdb_id: `tt${id}`,
      wikidata_id: `Q${id}`,
      facebook_id: 'test-movie',
      instagram_id: '',
      twitter_id: null,
    },
    release_dates: { results: releases },
    ...media,
    ...differences,
  };
}

function person(id: number) {
  return {
    adult: false,
    gender: id % 4,
    id,
    known_for_department: id % 5 === 0 ? 'Directing' : 'Acting',
    name: `Test person ${id}`,
    original_name: `試験者 ${id}`,
    popularity: id / 1_000_000,
    profile_path: id % 3 === 0 ? null : `/${id}.jpg`,
  };
}

function credits(id: number, cast: number, crew: number): Credits {
  return {
    id,
    cast: Array.from({ length: cast }, (_, order) => ({
      ...person(8_000_000 + order),
      cast_id: order,
      character: order % 10 === 9 ? '' : `Character ${order}`,
      credit_id: creditId(id, 'a', order),
      order,
    })),
    crew: Array.from({ length: crew }, (_, position) => ({
      ...person(8_000_100 + position),
      credit_id: creditId(id, 'b', position),
      department: position % 7 === 0 ? 'Directing' : 'Sound',
      job: position % 14 === 0 ? 'Director' : `Job ${position % 7}`,
    })),
  };
}

function creditId(movie: number, list: string, position: number): string {
  return `${movie}${list}${position}`.padStart(24, '0');
}

function reviews(movie: number, count: number): Review[] {
  return Array.from({ length: count }, (_, position) => ({
    author: `Test author ${position}`,
    author_details: {
      name: position % 2 === 0 ? '' : `Test author ${position}`,
      username: `test-${position}`,
      avatar_path: position % 3 === 0 ? null : `/avatar-${position}.jpg`,
      rating: position % 4 === 0 ? null : 8.5,
    },
    content: `Test review ${position}.\r\n\r\n**Second paragraph**, with "quotes" and 🎬.`,
    created_at: new Date(Date.UTC(2020, 0, 1, 0, position, 0, 123)).toISOString(),
    id: creditId(movie, 'c', position),
    updated_at: new Date(Date.UTC(2021, 0, 1, 0, position, 0, 456)).toISOString(),
    url: `https://www.themoviedb.org/review/${creditId(movie, 'c', position)}`,
  }));
}

/** A person with two characters in one cast, and in the crew. */
function samePersonTwice(id: number): Credits {
  const body = credits(id, 3, 3);
  const twice = { ...person(8_000_000), cast_id: 50, character: 'The twin', credit_id: creditId(id, 'd', 0), order: 1 };
  const director = { ...person(8_000_000), credit_id: creditId(id, 'd', 1), department: 'Directing', job: 'Director' };
  return { ...body, cast: [...body.cast, twice], crew: [...body.crew, director] };
}

/** A movie with unknown values in all forms: `0`, empty texts, nulls, absent fields. */
const unknowns: Partial<Details> = {
  overview: '',
  tagline: '',
  release_date: '',
  runtime: 0,
  budget: 0,
  revenue: 0,
  homepage: '',
  imdb_id: '',
  poster_path: null,
  backdrop_path: null,
  vote_average: 0,
  vote_count: 0,
  genres: [],
  production_companies: [],
  production_countries: [],
  spoken_languages: [{ english_name: 'Cantonese', iso_639_1: 'cn', name: '' }],
  belongs_to_collection: null,
  keywords: { keywords: [] },
  external_ids: { imdb_id: '', wikidata_id: null, facebook_id: '', instagram_id: null, twitter_id: null },
  release_dates: { results: [] },
  images: { posters: [], backdrops: [], logos: [] },
  videos: { results: [] },
  translations: { translations: [] },
  alternative_titles: { titles: [] },
  'watch/providers': { results: {} },
  recommendations: { results: [] },
};

/** A body from before 2024, without later fields. */
function oldDetails(id: number): Details {
  const { softcore, origin_country, ...old } = details(id, { imdb_id: null, runtime: null });
  for (const part of APPENDED) delete old[part];
  return old;
}

function oldReviews(id: number): Review[] {
  return reviews(id, 2).map(({ author_details, updated_at, url, ...old }) => old);
}

/** Movies with the oddities of TMDb's real responses, by oddity. */
export const oddMovies: Readonly<Record<string, Movie>> = {
  'an ordinary movie': {
    details: details(7_000_001),
    credits: credits(7_000_001, 12, 30),
    reviews: reviews(7_000_001, 3),
  },
  'nothing known but its title': {
    details: details(7_000_002, unknowns),
    credits: credits(7_000_002, 0, 0),
    reviews: [],
  },
  'a cast of 182 and a crew of 587': {
    details: details(7_000_003),
    credits: credits(7_000_003, 182, 587),
    reviews: [],
  },
  '53 reviews over three pages': {
    details: details(7_000_004),
    credits: credits(7_000_004, 1, 1),
    reviews: reviews(7_000_004, 53),
  },
  'one person twice in the cast and once in the crew': {
    details: details(7_000_005),
    credits: samePersonTwice(7_000_005),
    reviews: reviews(7_000_005, 1),
  },
  '2,000 images, 60 translations and offers in 200 countries': {
    details: details(7_000_007, manyMedia()),
    credits: credits(7_000_007, 1, 1),
    reviews: [],
  },
  'bodies of before 2024': {
    details: oldDetails(7_000_006),
    credits: credits(7_000_006, 2, 2),
    reviews: oldReviews(7_000_006),
  },
};
