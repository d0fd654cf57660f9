import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMovieCredits } from '../../src/domain/movie-credits.ts';
import { creditsSchema } from '../../src/infrastructure/tmdb-schemas.ts';
import { CAST_MEMBER, CREW_MEMBER } from '../tmdb-samples.ts';

test('every field finds its place, and a cast_id of 0 is a number like others', () => {
  assert.deepEqual(toMovieCredits(7, creditsSchema.parse({ id: 7, cast: [CAST_MEMBER], crew: [CREW_MEMBER] })), {
    movieId: '7',
    cast: [
      {
        creditId: '52fe4250c3a36847f80149f3',
        castId: 0,
        character: 'Herself',
        order: 0,
        person: {
          id: '31',
          tmdbId: 31,
          name: 'Anna A',
          originalName: 'Анна А',
          gender: 'FEMALE',
          knownForDepartment: 'Acting',
          profilePath: '/anna.jpg',
          popularity: 2.5,
          adult: false,
        },
      },
    ],
    crew: [
      {
        creditId: '52fe4250c3a36847f80149f4',
        department: 'Directing',
        job: 'Director',
        person: {
          id: '32',
          tmdbId: 32,
          name: 'Bo B',
          originalName: 'Bo B',
          gender: null,
          knownForDepartment: 'Directing',
          profilePath: null,
          popularity: 0.1,
          adult: false,
        },
      },
    ],
  });
});

test('the same person stays twice, with two characters, and an empty character is null', () => {
  const twice = [CAST_MEMBER, { ...CAST_MEMBER, credit_id: 'other', character: '', order: 1 }];
  const { cast } = toMovieCredits(7, creditsSchema.parse({ cast: twice, crew: [] }));
  assert.deepEqual(
    cast.map(({ character, person }) => [person.id, character]),
    [
      ['31', 'Herself'],
      ['31', null],
    ],
  );
});

test("genders are TMDb's numbers; one that it may add later is unknown", () => {
  const cast = [0, 1, 2, 3, 4, null].map((gender, index) => ({ ...CAST_MEMBER, gender, credit_id: `${index}` }));
  const genders = toMovieCredits(7, creditsSchema.parse({ cast, crew: [] })).cast.map(({ person }) => person.gender);
  assert.deepEqual(genders, [null, 'FEMALE', 'MALE', 'NON_BINARY', null, null]);
});
