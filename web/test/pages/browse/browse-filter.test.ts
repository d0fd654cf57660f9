import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder, movieFilter, orderOf, readFilter, toggleGenre } from '../../../src/pages/browse/browse-filter.ts';

const TODAY = '2026-01-31';
const filterOf = (search: string) => movieFilter(readFilter(new URLSearchParams(search)), TODAY);

test('an address is a filter of the API', () => {
  assert.deepEqual(filterOf('genre=878-28&from=1990&to=1999&rating=7&runtime=120&language=en&keyword=1&company=2'), {
    genres: { all: ['878', '28'] },
    releaseYear: { min: 1990, max: 1999 },
    voteAverage: { min: 7 },
    runtime: { max: 120 },
    originalLanguages: ['en'],
    keywords: { all: ['1'] },
    companies: { all: ['2'] },
  });
  assert.deepEqual(filterOf('from=1990'), { releaseYear: { min: 1990 } });
});

test('text that is no number, and unknown parameters, have no effect', () => {
  assert.deepEqual(filterOf('from=early&to=1e9&rating=-1&other=1&after=x'), {});
});

test('an unknown order is that of popularity', () => {
  assert.equal(orderOf({ sort: 'rated' }).field, 'WEIGHTED_SCORE');
  for (const sort of ['', 'other', 'constructor']) assert.equal(orderOf({ sort }).field, 'POPULARITY');
});

test('only released movies are the newest', () => {
  assert.deepEqual(filterOf('sort=newest'), { releasedTo: TODAY });
});

test('a genre is added and removed, and filters have one order', () => {
  assert.equal(toggleGenre(undefined, '28'), '28');
  assert.equal(toggleGenre('28', '878'), '28-878');
  assert.equal(toggleGenre('28-878', '28'), '878');
  assert.equal(toggleGenre('878', '878'), undefined);
  assert.deepEqual(Object.keys(inOrder({ sort: 'rated', to: '1999', genre: '28', from: '' })), ['genre', 'to', 'sort']);
});
