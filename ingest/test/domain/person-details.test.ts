import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPersonDetails } from '../../src/domain/person-details.ts';
import { readLeniently } from '../../src/infrastructure/lenient-reading.ts';
import { personSchema } from '../../src/infrastructure/tmdb-person-schema.ts';
import { PERSON } from '../tmdb-samples.ts';

const NO_IDS = {
  freebaseMid: null,
  freebaseId: null,
  tvrageId: null,
  wikidataId: null,
  facebookId: null,
  instagramId: null,
  tiktokId: null,
  twitterId: null,
  youtubeId: null,
};

test('a person has every value of the body and its appended parts', () => {
  assert.deepEqual(toPersonDetails(personSchema.parse(PERSON)), {
    personId: '31',
    tmdbId: 31,
    imdbId: 'nm0000031',
    name: 'Anna A',
    adult: false,
    biography: 'She acts.',
    birthday: '1950-02-03',
    deathday: '2020-12-31',
    gender: 'FEMALE',
    placeOfBirth: 'Bruges, Belgium',
    alsoKnownAs: ['Ann A.', 'Энн А'],
    homepage: 'https://anna.example/',
    knownForDepartment: 'Acting',
    popularity: 1e-6,
    profilePath: '/anna.jpg',
    externalIds: {
      ...NO_IDS,
      freebaseMid: '/m/031',
      freebaseId: '/en/anna_a',
      tvrageId: 5_318,
      wikidataId: 'Q31',
      instagramId: 'anna',
      twitterId: 'anna',
      youtubeId: 'anna',
    },
    images: [
      {
        path: '/anna.jpg',
        width: 600,
        height: 900,
        aspectRatio: 0.667,
        language: null,
        voteAverage: 5.3,
        voteCount: 2,
      },
      {
        path: '/young.jpg',
        width: 300,
        height: 450,
        aspectRatio: 0.667,
        language: 'en',
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
        biography: 'Elle joue.',
        name: 'Anne A',
      },
      {
        language: 'en',
        country: 'US',
        languageName: 'English',
        englishName: 'English',
        biography: null,
        name: null,
      },
    ],
  });
});

test('an old body without appended parts has nulls and empty lists', () => {
  const { id, name } = PERSON;
  const details = toPersonDetails(personSchema.parse({ id, name, biography: '', birthday: null }));
  const { personId, name: shown, externalIds, images, translations, alsoKnownAs, ...rest } = details;
  assert.deepEqual([personId, shown, externalIds, images, translations, alsoKnownAs], ['31', name, NO_IDS, [], [], []]);
  assert.deepEqual(
    { ...rest, tmdbId: null, adult: null },
    Object.fromEntries(Object.keys(rest).map((key) => [key, null])),
  );
});

test('partial dates and odd values are omitted, and nothing else is', () => {
  const odd = {
    ...structuredClone(PERSON),
    birthday: '1950-02',
    deathday: '2020-02-30',
    place_of_birth: 7,
    popularity: -1,
    also_known_as: ['Ann', null, 3],
  };
  odd.external_ids.tvrage_id = 'none' as never;
  odd.images.profiles[0] = { ...odd.images.profiles[0], file_path: null } as never;
  odd.images.profiles.push({ ...odd.images.profiles[1] } as never);
  odd.translations.translations[0] = { ...odd.translations.translations[0], iso_639_1: 'French' } as never;
  const reading = readLeniently(personSchema, '/person/31', odd);
  assert.ok(reading.ok);
  const details = toPersonDetails(reading.body);
  const { birthday, deathday, placeOfBirth, popularity, alsoKnownAs, externalIds, images, translations } = details;
  assert.deepEqual([birthday, deathday, placeOfBirth, popularity], [null, null, null, null]);
  assert.deepEqual([alsoKnownAs, externalIds.tvrageId, externalIds.wikidataId], [['Ann'], null, 'Q31']);
  assert.deepEqual(
    images.map(({ path }) => path),
    ['/young.jpg'],
  );
  assert.deepEqual(
    translations.map(({ language }) => language),
    ['en'],
  );
  assert.deepEqual(reading.omissions.first.map(({ path }) => path).sort(), [
    'also_known_as.2',
    'birthday',
    'deathday',
    'external_ids.tvrage_id',
    'images.profiles.0.file_path',
    'images.profiles.2',
    'place_of_birth',
    'popularity',
    'translations.translations.0.iso_639_1',
  ]);
});
