/** A movie in TMDb's format with every field, and with some unknown fields. */
export const MOVIE = {
  adult: false,
  backdrop_path: '/back.jpg',
  belongs_to_collection: { id: 9, name: 'A Series', poster_path: '/series.jpg', backdrop_path: null, brand_new: 1 },
  brand_new_field: { anything: ['at', 'all'] },
  budget: 3_000_000_000,
  genres: [{ id: 18, name: 'Drama' }],
  homepage: 'https://film.example/',
  id: 7,
  imdb_id: 'tt0000007',
  origin_country: ['FR', 'BE'],
  original_language: 'fr',
  original_title: 'Le Film',
  overview: 'Something happens.',
  popularity: 1.5,
  poster_path: '/poster.jpg',
  production_companies: [
    { id: 1, logo_path: '/logo.png', name: 'One', origin_country: 'FR' },
    { id: 2, logo_path: null, name: 'Two', origin_country: '' },
  ],
  production_countries: [{ iso_3166_1: 'FR', name: 'France' }],
  release_date: '2001-02-03',
  revenue: 12,
  runtime: 90,
  softcore: false,
  spoken_languages: [{ english_name: 'Tibetan', iso_639_1: 'bo', name: '' }],
  status: 'Released',
  tagline: 'See it.',
  title: 'The Film',
  video: false,
  vote_average: 7.25,
  vote_count: 4,
  keywords: { keywords: [{ id: 5, name: 'sea' }] },
  external_ids: { imdb_id: 'tt0000007', wikidata_id: 'Q7', facebook_id: '', instagram_id: null, twitter_id: 'film' },
  release_dates: {
    results: [
      {
        iso_3166_1: 'FR',
        release_dates: [
          {
            certification: '12',
            descriptors: ['Violence'],
            iso_639_1: 'fr',
            note: '',
            release_date: '2001-02-03T00:00:00.000Z',
            type: 3,
          },
          { certification: '', iso_639_1: '', note: 'Cannes', release_date: '2001-01-01T00:00:00.000Z', type: 1 },
        ],
      },
    ],
  },
};

const PROVIDER = { logo_path: '/netflix.jpg', provider_id: 8, provider_name: 'Netflix', display_priority: 0 };

/** The parts that are appended to a movie's details, with every field, odd languages and unknown values. */
export const MEDIA = {
  images: {
    backdrops: [
      {
        ...{ aspect_ratio: 1.778, height: 2160, iso_3166_1: null, iso_639_1: null, file_path: '/back.jpg' },
        ...{ vote_average: 0, vote_count: 0, width: 3840 },
      },
      {
        ...{ aspect_ratio: 1.778, height: 720, iso_3166_1: 'BR', iso_639_1: 'pt', file_path: '/fundo.jpg' },
        ...{ vote_average: 5.312, vote_count: 3, width: 1280 },
      },
    ],
    logos: [
      {
        ...{ aspect_ratio: 4, height: 0, iso_639_1: 'xx', file_path: '/logo.svg' },
        ...{ vote_average: 1.5, vote_count: 1, width: 0 },
      },
    ],
    posters: [
      {
        ...{ aspect_ratio: 0.667, height: 3000, iso_639_1: '', file_path: '/poster.jpg' },
        ...{ vote_average: 6, vote_count: 12, width: 2000 },
      },
    ],
  },
  videos: {
    results: [
      {
        ...{ iso_639_1: 'fr', iso_3166_1: 'FR', name: 'Bande-annonce', key: 'abc_DEF-123', site: 'YouTube' },
        ...{ size: 1080, type: 'Trailer', official: true, published_at: '2013-09-17T21:52:36.000Z' },
        id: '5e382d1b4ca676001453826d',
      },
      { name: '', key: '123', site: 'Vimeo', type: 'Clip', id: '5e382d1b4ca676001453826e' },
    ],
  },
  translations: {
    translations: [
      {
        ...{ iso_3166_1: 'CA', iso_639_1: 'fr', name: 'Français', english_name: 'French' },
        data: { homepage: '', overview: 'Il se passe quelque chose.', runtime: 92, tagline: '', title: 'Le film' },
      },
      {
        ...{ iso_3166_1: 'CN', iso_639_1: 'zh', name: '普通话', english_name: 'Mandarin' },
        data: { homepage: 'https://cn.example/', overview: '', runtime: 0, tagline: '口号', title: '' },
      },
    ],
  },
  alternative_titles: {
    titles: [
      { iso_3166_1: 'US', title: 'A Film', type: '' },
      { iso_3166_1: 'US', title: 'That Film', type: 'DVD title' },
    ],
  },
  'watch/providers': {
    results: {
      BR: { link: 'https://www.themoviedb.org/movie/7/watch?locale=BR', flatrate: [PROVIDER], rent: [PROVIDER] },
      FR: {
        link: 'https://www.themoviedb.org/movie/7/watch?locale=FR',
        ads: [{ ...PROVIDER, provider_id: 300, provider_name: 'Pluto TV', display_priority: 20, logo_path: null }],
      },
    },
  },
  recommendations: {
    page: 1,
    results: [
      { id: 11, title: 'One' },
      { id: 12, title: 'Two' },
    ],
    total_pages: 1,
  },
};

/** A member of the cast as TMDb answers it. */
export const CAST_MEMBER = {
  adult: false,
  gender: 1,
  id: 31,
  known_for_department: 'Acting',
  name: 'Anna A',
  original_name: 'Анна А',
  popularity: 2.5,
  profile_path: '/anna.jpg',
  cast_id: 0,
  character: 'Herself',
  credit_id: '52fe4250c3a36847f80149f3',
  order: 0,
};

/** A member of the crew as TMDb answers it. */
export const CREW_MEMBER = {
  adult: false,
  gender: 0,
  id: 32,
  known_for_department: 'Directing',
  name: 'Bo B',
  original_name: 'Bo B',
  popularity: 0.1,
  profile_path: null,
  credit_id: '52fe4250c3a36847f80149f4',
  department: 'Directing',
  job: 'Director',
};

/** The review with this number as TMDb answers it. */
export function review(number: number) {
  return {
    author: `author ${number}`,
    author_details: { name: '', username: `user${number}`, avatar_path: null, rating: 8.5 },
    content: `Review ${number}.`,
    created_at: '2020-01-02T03:04:05.678Z',
    id: String(number).padStart(24, '0'),
    updated_at: '2021-01-02T03:04:05.678Z',
    url: `https://www.themoviedb.org/review/${number}`,
  };
}

/** A person in TMDb's format with every field, and with some unknown fields. */
export const PERSON = {
  adult: false,
  also_known_as: ['Ann A.', '', 'Энн А', 'Ann A.'],
  biography: 'She acts.',
  birthday: '1950-02-03',
  brand_new_field: { anything: ['at', 'all'] },
  deathday: '2020-12-31',
  gender: 1,
  homepage: 'https://anna.example/',
  id: 31,
  imdb_id: 'nm0000031',
  known_for_department: 'Acting',
  name: 'Anna A',
  place_of_birth: 'Bruges, Belgium',
  popularity: 1e-6,
  profile_path: '/anna.jpg',
  external_ids: {
    freebase_mid: '/m/031',
    freebase_id: '/en/anna_a',
    imdb_id: 'nm0000031',
    tvrage_id: 5_318,
    wikidata_id: 'Q31',
    facebook_id: '',
    instagram_id: 'anna',
    tiktok_id: null,
    twitter_id: 'anna',
    youtube_id: 'anna',
  },
  images: {
    profiles: [
      {
        aspect_ratio: 0.667,
        file_path: '/anna.jpg',
        height: 900,
        iso_639_1: null,
        vote_average: 5.3,
        vote_count: 2,
        width: 600,
      },
      {
        aspect_ratio: 0.667,
        file_path: '/young.jpg',
        height: 450,
        iso_639_1: 'en',
        vote_average: 0,
        vote_count: 0,
        width: 300,
      },
    ],
  },
  translations: {
    translations: [
      {
        iso_3166_1: 'FR',
        iso_639_1: 'fr',
        name: 'Français',
        english_name: 'French',
        data: { biography: 'Elle joue.', name: 'Anne A', primary: false },
      },
      {
        iso_3166_1: 'US',
        iso_639_1: 'en',
        name: 'English',
        english_name: 'English',
        data: { biography: '', name: '', primary: true },
      },
    ],
  },
};
