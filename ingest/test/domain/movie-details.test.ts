import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMovieDetails } from '../../src/domain/movie-details.ts';
import { movieSchema } from '../../src/infrastructure/tmdb-schemas.ts';
import { MOVIE } from '../tmdb-samples.ts';

test('every field finds its place', () => {
  assert.deepEqual(toMovieDetails(movieSchema.parse(MOVIE)), {
    movieId: '7',
    tmdbId: 7,
    imdbId: 'tt0000007',
    title: 'The Film',
    originalTitle: 'Le Film',
    originalLanguage: 'fr',
    overview: 'Something happens.',
    tagline: 'See it.',
    status: 'Released',
    releaseDate: '2001-02-03',
    runtime: 90,
    budget: 3_000_000_000,
    revenue: 12,
    homepage: 'https://film.example/',
    popularity: 1.5,
    adult: false,
    softcore: false,
    video: false,
    posterPath: '/poster.jpg',
    backdropPath: '/back.jpg',
    genres: [{ id: 18, name: 'Drama' }],
    productionCompanies: [
      { id: 1, name: 'One', logoPath: '/logo.png', originCountry: 'FR' },
      { id: 2, name: 'Two', logoPath: null, originCountry: null },
    ],
    productionCountries: [{ code: 'FR', name: 'France' }],
    originCountries: ['FR', 'BE'],
    spokenLanguages: [{ code: 'bo', name: null, englishName: 'Tibetan' }],
    collection: { id: 9, name: 'A Series', posterPath: '/series.jpg', backdropPath: null },
    keywords: [{ id: 5, name: 'sea' }],
    externalIds: { wikidataId: 'Q7', facebookId: null, instagramId: null, twitterId: 'film' },
    releases: [
      {
        country: 'FR',
        type: 3,
        date: '2001-02-03T00:00:00.000Z',
        certification: '12',
        note: null,
        language: 'fr',
        descriptors: ['Violence'],
      },
      {
        country: 'FR',
        type: 1,
        date: '2001-01-01T00:00:00.000Z',
        certification: null,
        note: 'Cannes',
        language: null,
        descriptors: [],
      },
    ],
  });
});

test('what TMDb writes as 0 or "" is null', () => {
  const unknown = {
    budget: 0,
    revenue: 0,
    runtime: 0,
    homepage: '',
    tagline: '',
    overview: '',
    release_date: '',
    imdb_id: '',
  };
  const details = toMovieDetails(movieSchema.parse({ ...MOVIE, ...unknown }));
  const { budget, revenue, runtime, homepage, tagline, overview, releaseDate, imdbId } = details;
  assert.deepEqual(
    { budget, revenue, runtime, homepage, tagline, overview, releaseDate, imdbId },
    {
      budget: null,
      revenue: null,
      runtime: null,
      homepage: null,
      tagline: null,
      overview: null,
      releaseDate: null,
      imdbId: null,
    },
  );
});

test('an answer from before 2024 that was asked for nothing more lacks fields, and is whole', () => {
  const {
    softcore: _softcore,
    origin_country: _origin,
    keywords: _keywords,
    external_ids: _ids,
    release_dates: _dates,
    ...old
  } = MOVIE;
  const details = toMovieDetails(movieSchema.parse(old));
  assert.equal(details.softcore, null);
  assert.deepEqual(details.originCountries, []);
  assert.deepEqual(details.keywords, []);
  assert.deepEqual(details.releases, []);
  assert.deepEqual(details.externalIds, { wikidataId: null, facebookId: null, instagramId: null, twitterId: null });
});

test('a movie without a title goes by its original one', () => {
  assert.equal(toMovieDetails(movieSchema.parse({ ...MOVIE, title: '' })).title, 'Le Film');
  assert.equal(toMovieDetails(movieSchema.parse({ ...MOVIE, original_title: '' })).originalTitle, 'The Film');
});
