import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingFacts } from '../src/facts.ts';

describe('facts of two responses', () => {
  const movie = {
    data: { movie: { id: '348', title: 'Alien', releaseDate: '1979-05-25', posterUrl: 'https://x/w500/a.jpg' } },
  };

  it('are equal in any shape, with any types and pages around them', () => {
    const rows = [
      [{ id: 348, name: 'Alien', releaseDate: '1979-05-25', posterPath: '/a.jpg', tagline: null, more: 1 }],
    ];
    assert.deepEqual(missingFacts(movie, rows), []);
    const page = { edges: [{ cursor: 'abc', node: movie.data.movie }], pageInfo: { hasNextPage: true } };
    assert.deepEqual(missingFacts(page, rows), []);
  });

  it('are equal in any time zone', () => {
    assert.deepEqual(missingFacts({ at: '2026-11-22T10:00:00.000Z' }, { at: '2026-11-22T12:00:00+02:00' }), []);
    assert.deepEqual(missingFacts({ at: '2026-11-22T10:00:00.000Z' }, [new Date('2026-11-22T10:00:00Z')]), []);
  });

  it('are missing when changed or less frequent, unless they are variables', () => {
    assert.deepEqual(missingFacts(movie, [[{ id: 348, title: 'Aliens', releaseDate: '1979-05-25', p: '/a.jpg' }]]), [
      'Alien',
    ]);
    assert.deepEqual(missingFacts([{ name: 'Drama' }, { name: 'Drama' }], ['Drama']), ['Drama']);
    assert.deepEqual(missingFacts([{ id: '348' }], [], { ids: ['348'] }), []);
  });
});
