import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MovieFilterInput, movieFilterOf } from '../../src/graphql/filters.ts';

describe('the filter that a client writes', () => {
  it('is what it was before, and more', () => {
    for (const [input, expected] of [
      [{}, {}],
      [{ genres: null, title: null, runtime: null, adult: null }, {}],
      [{ genreIds: ['1', '2', '1'] }, { genres: { any: [1, 2] } }],
      [{ genreIds: ['1'], genres: { none: ['2'] } }, { genres: { any: [1], none: [2] } }],
      [{ originalLanguage: 'en' }, { originalLanguages: ['en'] }],
      [
        { releasedFrom: '2000-05-01', releaseYear: { min: 1999, max: 2001 } },
        { releaseDate: { min: '2000-05-01', max: '2001-12-31' } },
      ],
      [{ releaseYear: { max: 800 } }, { releaseDate: { max: '0800-12-31' } }],
      [{ runtime: {} }, { runtime: {} }],
      [
        { voteCount: { min: 0 }, budget: { max: 3e9 } },
        { voteCount: { min: 0 }, budget: { max: 3e9 } },
      ],
      [
        { adult: false, video: true },
        { adult: false, video: true },
      ],
    ] satisfies [MovieFilterInput, object][]) {
      assert.deepEqual(movieFilterOf(input), expected, JSON.stringify(input));
    }
  });

  it('fits no movie where it asks for what cannot exist', () => {
    assert.deepEqual(movieFilterOf({ genres: { any: ['x'] } }), { genres: { any: [] } });
    assert.deepEqual(movieFilterOf({ keywords: { all: ['1', '99999999999'] } }), { keywords: { any: [] } });
    assert.deepEqual(movieFilterOf({ keywords: { none: ['x', '3'] } }), { keywords: { none: [3] } });
    assert.deepEqual(movieFilterOf({ originCountries: { any: ['\0'] } }), { originCountries: { any: [] } });
    assert.deepEqual(movieFilterOf({ certification: { country: '\0', any: ['R'] } }), {
      certification: { country: '', any: [] },
    });
  });

  it('is refused with the field to mend', () => {
    const many = Array.from({ length: 101 }, (_, index) => `${index}`);
    for (const [input, message] of [
      [{ genres: { any: many } }, /`filter\.genres\.any` must have at most 100/],
      [{ keywords: { all: many.slice(0, 11) } }, /`filter\.keywords\.all` must have at most 10/],
      [{ statuses: many }, /`filter\.statuses`/],
      [{ runtime: { min: 2, max: 1 } }, /`filter\.runtime\.min` is greater .* exchange/],
      [{ voteAverage: { min: 2, max: 1 } }, /`filter\.voteAverage\.min`/],
      [{ releaseYear: { min: 0 } }, /`filter\.releaseYear`/],
      [{ releasedFrom: '2002-01-01', releasedTo: '2001-01-01' }, /exchange/],
      [{ genreIds: ['1'], genres: { any: ['1'] } }, /not both/],
      [{ originalLanguage: 'en', originalLanguages: ['fr'] }, /not both/],
      [{ title: ' ' }, /`filter\.title` is blank/],
      [{ title: 'a\0b' }, /U\+0000/],
      [{ title: 'x'.repeat(201) }, /at most 200/],
    ] satisfies [MovieFilterInput, RegExp][]) {
      assert.throws(
        () => movieFilterOf(input),
        (error: Error & { extensions?: { code?: string } }) =>
          error.extensions?.code === 'BAD_USER_INPUT' && message.test(error.message),
        JSON.stringify(input).slice(0, 100),
      );
    }
  });
});
