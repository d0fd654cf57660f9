import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMovieMedia } from '../../src/domain/movie-media.ts';
import { movieSchema } from '../../src/infrastructure/tmdb-schemas.ts';
import { MEDIA, MOVIE } from '../tmdb-samples.ts';

test('every field finds its place', () => {
  assert.deepEqual(toMovieMedia(movieSchema.parse({ ...MOVIE, ...MEDIA })), {
    movieId: '7',
    images: [
      {
        ...{ kind: 'POSTER', path: '/poster.jpg', language: null, country: null, width: 2000, height: 3000 },
        ...{ aspectRatio: 0.667, voteAverage: 6, voteCount: 12 },
      },
      {
        ...{ kind: 'BACKDROP', path: '/back.jpg', language: null, country: null, width: 3840, height: 2160 },
        ...{ aspectRatio: 1.778, voteAverage: null, voteCount: 0 },
      },
      {
        ...{ kind: 'BACKDROP', path: '/fundo.jpg', language: 'pt', country: 'BR', width: 1280, height: 720 },
        ...{ aspectRatio: 1.778, voteAverage: 5.312, voteCount: 3 },
      },
      {
        ...{ kind: 'LOGO', path: '/logo.svg', language: 'xx', country: null, width: null, height: null },
        ...{ aspectRatio: 4, voteAverage: 1.5, voteCount: 1 },
      },
    ],
    videos: [
      {
        ...{ id: '5e382d1b4ca676001453826d', site: 'YouTube', key: 'abc_DEF-123', type: 'Trailer' },
        ...{ name: 'Bande-annonce', language: 'fr', country: 'FR', official: true, size: 1080 },
        publishedAt: '2013-09-17T21:52:36.000Z',
      },
      {
        ...{ id: '5e382d1b4ca676001453826e', site: 'Vimeo', key: '123', type: 'Clip', name: null, language: null },
        ...{ country: null, official: null, size: null, publishedAt: null },
      },
    ],
    translations: [
      {
        ...{ language: 'fr', country: 'CA', name: 'Français', englishName: 'French', title: 'Le film' },
        ...{ overview: 'Il se passe quelque chose.', tagline: null, homepage: null, runtime: 92 },
      },
      {
        ...{ language: 'zh', country: 'CN', name: '普通话', englishName: 'Mandarin', title: null, overview: null },
        ...{ tagline: '口号', homepage: 'https://cn.example/', runtime: null },
      },
    ],
    alternativeTitles: [
      { country: 'US', title: 'A Film', type: null },
      { country: 'US', title: 'That Film', type: 'DVD title' },
    ],
    watchProviders: [
      { id: 8, name: 'Netflix', logoPath: '/netflix.jpg' },
      { id: 300, name: 'Pluto TV', logoPath: null },
    ],
    watchOptions: [
      {
        country: 'BR',
        link: 'https://www.themoviedb.org/movie/7/watch?locale=BR',
        offers: [
          { kind: 'FLATRATE', providerId: 8, displayPriority: 0 },
          { kind: 'RENT', providerId: 8, displayPriority: 0 },
        ],
      },
      {
        country: 'FR',
        link: 'https://www.themoviedb.org/movie/7/watch?locale=FR',
        offers: [{ kind: 'ADS', providerId: 300, displayPriority: 20 }],
      },
    ],
    recommendedIds: ['11', '12'],
  });
});

test('a response without the appended parts gives empty lists', () => {
  const { movieId, ...lists } = toMovieMedia(movieSchema.parse(MOVIE));
  assert.equal(movieId, '7');
  assert.deepEqual(Object.values(lists), Array(7).fill([]));
});
