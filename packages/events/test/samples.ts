import type { MovieCredits } from '../src/generated/movie-credits.ts';
import type { MovieDetails } from '../src/generated/movie-details.ts';
import type { MovieMedia } from '../src/generated/movie-media.ts';
import type { MovieRatings } from '../src/generated/movie-ratings.ts';
import type { PersonDetails } from '../src/generated/person-details.ts';

/** Valid data of each part, with every list filled. */
export const details: MovieDetails = {
  movieId: '603',
  tmdbId: 603,
  imdbId: 'tt0133093',
  title: 'The Matrix',
  originalTitle: 'The Matrix',
  originalLanguage: 'en',
  overview: 'A sample synopsis.',
  tagline: null,
  status: 'Released',
  releaseDate: '1999-03-31',
  runtime: 136,
  budget: 63_000_000,
  revenue: 463_517_383,
  homepage: null,
  popularity: 83.1,
  adult: false,
  softcore: null,
  video: false,
  posterPath: '/poster.jpg',
  backdropPath: null,
  genres: [{ id: 28, name: 'Action' }],
  productionCompanies: [{ id: 79, name: 'Village Roadshow Pictures', logoPath: null, originCountry: 'US' }],
  productionCountries: [{ code: 'US', name: 'United States of America' }],
  originCountries: ['US'],
  spokenLanguages: [{ code: 'en', name: 'English', englishName: 'English' }],
  collection: { id: 2344, name: 'The Matrix Collection', posterPath: null, backdropPath: null },
  keywords: [{ id: 83, name: 'saving the world' }],
  externalIds: { wikidataId: 'Q83495', facebookId: null, instagramId: null, twitterId: null },
  releases: [{ country: 'US', type: 3, date: '1999-03-31T00:00:00.000Z', certification: 'R', note: null }],
};

const person = {
  id: '6384',
  tmdbId: 6384,
  name: 'Keanu Reeves',
  originalName: 'Keanu Reeves',
  gender: 'MALE',
  knownForDepartment: 'Acting',
  profilePath: null,
  popularity: 50.5,
  adult: false,
} as const;

export const credits: MovieCredits = {
  movieId: '603',
  cast: [{ creditId: '52fe425bc3a36847f80181c1', castId: 34, character: 'Neo', order: 0, person }],
  crew: [{ creditId: '52fe425bc3a36847f8018101', department: 'Directing', job: 'Director', person }],
};

export const ratings: MovieRatings = {
  movieId: '603',
  voteAverage: 8.2,
  voteCount: 26_000,
  reviews: [
    {
      id: '5a1b2c3d4e5f6a7b8c9d0e1f',
      author: 'reviewer',
      authorName: null,
      authorUsername: 'reviewer',
      authorAvatarPath: null,
      rating: 8.5,
      content: 'A sample review.',
      url: null,
      createdAt: '2017-02-25T13:51:43.000Z',
      updatedAt: null,
    },
  ],
};

export const personDetails: PersonDetails = {
  personId: '6384',
  tmdbId: 6384,
  imdbId: 'nm0000206',
  name: 'Keanu Reeves',
  adult: false,
  biography: 'A sample biography.',
  birthday: '1964-09-02',
  deathday: null,
  gender: 'MALE',
  placeOfBirth: 'Beirut, Lebanon',
  alsoKnownAs: ['Киану Ривз'],
  homepage: null,
  knownForDepartment: 'Acting',
  popularity: 50.5,
  profilePath: null,
  externalIds: {
    freebaseMid: null,
    freebaseId: null,
    tvrageId: 5_318,
    wikidataId: 'Q43416',
    facebookId: null,
    instagramId: null,
    tiktokId: null,
    twitterId: null,
    youtubeId: null,
  },
  images: [
    {
      path: '/a.jpg',
      width: 1_000,
      height: 1_500,
      aspectRatio: 0.667,
      language: null,
      voteAverage: null,
      voteCount: 0,
    },
  ],
  translations: [
    {
      language: 'fr',
      country: 'FR',
      languageName: 'Français',
      englishName: 'French',
      biography: 'Un essai.',
      name: null,
    },
  ],
};

export const media: MovieMedia = {
  movieId: '603',
  images: [
    {
      ...{ kind: 'POSTER', path: '/poster.jpg', language: 'en', country: 'US', width: 2000, height: 3000 },
      ...{ aspectRatio: 0.667, voteAverage: 5.312, voteCount: 4 },
    },
    {
      ...{ kind: 'LOGO', path: '/logo.svg', language: null, country: null, width: null, height: null },
      ...{ aspectRatio: null, voteAverage: null, voteCount: 0 },
    },
  ],
  videos: [
    {
      ...{ id: '5e382d1b4ca676001453826d', site: 'YouTube', key: 'vKQi3bBA1y8', type: 'Trailer', name: 'Trailer' },
      ...{ language: 'en', country: 'US', official: true, size: 1080, publishedAt: '2013-09-17T21:52:36.000Z' },
    },
  ],
  translations: [
    {
      ...{ language: 'fr', country: 'CA', name: 'Français', englishName: 'French', title: 'La Matrice' },
      ...{ overview: null, tagline: null, homepage: null, runtime: null },
    },
  ],
  alternativeTitles: [{ country: 'CN', title: '黑客帝国', type: null }],
  watchProviders: [{ id: 8, name: 'Netflix', logoPath: '/netflix.jpg' }],
  watchOptions: [{ country: 'FR', link: null, offers: [{ kind: 'FLATRATE', providerId: 8, displayPriority: 0 }] }],
  recommendedIds: ['604', '605'],
};
