import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumedInvalidity, producedInvalidity } from '../src/data.ts';
import type { EventPart } from '../src/generated/topics.ts';
import { credits, details, media, ratings } from './samples.ts';

const schemaOf = (part: EventPart) => `https://marquee.example/schemas/${part}.v1.json`;
const reason = (part: EventPart, data: unknown) => producedInvalidity(schemaOf(part), data, JSON.stringify(data));

test('the samples are valid', () => {
  assert.equal(reason('movie-details', details), undefined);
  assert.equal(reason('movie-credits', credits), undefined);
  assert.equal(reason('movie-ratings', ratings), undefined);
  assert.equal(reason('movie-media', media), undefined);
});

test('every property is required, and a producer may add no other', () => {
  for (const [part, data] of [
    ['movie-details', details],
    ['movie-credits', credits],
    ['movie-ratings', ratings],
    ['movie-media', media],
  ] as const) {
    for (const name of Object.keys(data)) {
      const { [name]: _left, ...others } = data as unknown as Record<string, unknown>;
      assert.equal(reason(part, others), `(root) must have required property '${name}'`);
    }
    assert.equal(reason(part, { ...data, more: 1 }), '(root) must NOT have additional properties: "more"');
  }
});

test('a consumer removes unknown properties, at every depth, and rejects other faults', () => {
  const read = (data: unknown) => consumedInvalidity(schemaOf('movie-details'), data, JSON.stringify(data));
  const later = structuredClone({
    ...details,
    more: { title: 'x' },
    collection: { ...details.collection, more: 1 },
    genres: details.genres.map((genre) => ({ ...genre, more: [1] })),
  });
  assert.equal(read(later), undefined);
  assert.deepEqual(later, details);
  assert.equal(read({ ...later, more: 1, runtime: 0 }), '/runtime must be >= 1');
});

test('a fault has the pointer to its value', () => {
  const [release] = details.releases;
  const [cast] = credits.cast;
  const [review] = ratings.reviews;
  const [image] = media.images;
  const [options] = media.watchOptions;
  const offer = { kind: 'LEASE', providerId: 8, displayPriority: 0 };
  const table: [EventPart, unknown, string][] = [
    ['movie-details', { ...details, title: '' }, '/title must NOT have fewer than 1 characters'],
    ['movie-details', { ...details, overview: '' }, '/overview must NOT have fewer than 1 characters'],
    ['movie-details', { ...details, budget: 2 ** 53 }, '/budget must be <= 9007199254740991'],
    ['movie-details', { ...details, budget: 0.5 }, '/budget must be integer,null'],
    ['movie-details', { ...details, popularity: -1 }, '/popularity must be >= 0'],
    ['movie-details', { ...details, releaseDate: '1999-02-29' }, '/releaseDate must match format "date"'],
    ['movie-details', { ...details, releaseDate: '0000-01-01' }, '/releaseDate must match pattern "^(?!0000)"'],
    ['movie-details', { ...details, originalLanguage: 'EN' }, '/originalLanguage must match pattern "^[a-z]{2,3}$"'],
    ['movie-details', { ...details, collection: { ...details.collection, id: 'x' } }, '/collection/id must be integer'],
    ['movie-details', { ...details, genres: [{ id: 2 ** 31, name: 'x' }] }, '/genres/0/id must be <= 2147483647'],
    ['movie-details', { ...details, releases: [{ ...release, type: 7 }] }, '/releases/0/type must be <= 6'],
    [
      'movie-details',
      { ...details, releases: [{ ...release, date: '1999-13-31T00:00:00.000Z' }] },
      '/releases/0/date must match format "date-time"',
    ],
    [
      'movie-credits',
      { ...credits, cast: [{ ...cast, person: { ...cast?.person, gender: 'OTHER' } }] },
      '/cast/0/person/gender must be equal to one of the allowed values: ["FEMALE","MALE","NON_BINARY",null]',
    ],
    ['movie-ratings', { ...ratings, voteAverage: 10.1 }, '/voteAverage must be <= 10'],
    ['movie-ratings', { ...ratings, voteCount: 1.5 }, '/voteCount must be integer'],
    [
      'movie-ratings',
      { ...ratings, reviews: [review, { ...review, updatedAt: '2020-02-30T00:00:00Z' }] },
      '/reviews/1/updatedAt must match format "date-time"',
    ],
    ['movie-media', { ...media, images: [{ ...image, voteAverage: 11 }] }, '/images/0/voteAverage must be <= 10'],
    [
      'movie-media',
      { ...media, images: Array.from({ length: 15_001 }, () => image) },
      '/images must NOT have more than 15000 items',
    ],
    [
      'movie-media',
      { ...media, watchOptions: [{ ...options, offers: [offer] }] },
      '/watchOptions/0/offers/0/kind must be equal to one of the allowed values: ["FLATRATE","FREE","ADS","RENT","BUY"]',
    ],
  ];
  for (const [part, data, expected] of table) assert.equal(reason(part, data), expected);
});
