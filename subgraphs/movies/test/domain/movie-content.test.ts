import assert from 'node:assert/strict';
import { it } from 'node:test';
import { contentOf, differences, pick } from '../../src/domain/movie-content.ts';
import { movieOf, THE_MATRIX } from '../fixtures/movies.ts';

const observe = (data: typeof THE_MATRIX) => contentOf({ ...data, id: data.movieId, observedAt: new Date(0) });

it('names what a movie’s lists hold, and takes days in UTC', () => {
  const { genreIds, spokenLanguageCodes, collectionId, wikidataId, releases } = observe(THE_MATRIX);
  assert.deepEqual([genreIds, spokenLanguageCodes, collectionId, wikidataId], [[28, 878], ['en'], 2344, 'Q83495']);
  assert.deepEqual(releases[2], {
    ...{
      country: 'DE',
      type: 5,
      date: '1999-12-07',
      certification: '16',
      note: 'DVD',
      language: 'de',
      descriptors: [],
    },
  });
  const release = { country: 'US', type: 1, date: '1999-03-24T23:59:59Z', certification: null, note: null };
  assert.deepEqual(observe(movieOf('1', { releases: [release] })).releases, [
    { ...release, date: '1999-03-24', language: null, descriptors: [] },
  ]);
});

it('tells in which fields two contents differ, in whatever order they were written', () => {
  const matrix = observe(THE_MATRIX);
  const again = JSON.parse(
    JSON.stringify({
      ...matrix,
      releases: matrix.releases.map((release) => Object.fromEntries(Object.entries(release).toReversed())),
    }),
  );
  assert.deepEqual(differences(matrix, again), []);
  const other = { ...matrix, title: 'Matrix', genreIds: matrix.genreIds.toReversed(), budget: null };
  assert.deepEqual(differences(matrix, other).toSorted(), ['budget', 'genreIds', 'title']);
  assert.deepEqual(differences(matrix, { ...matrix, releases: matrix.releases.slice(1) }), ['releases']);
});

it('picks fields', () => {
  assert.deepEqual(pick(observe(THE_MATRIX), ['title', 'genreIds']), { title: 'The Matrix', genreIds: [28, 878] });
});
