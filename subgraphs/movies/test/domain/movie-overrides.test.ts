import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentOf, type MovieContent, type StoredMovie } from '../../src/domain/movie-content.ts';
import { afterDeletion, afterObservation, afterRelease, newOverrides } from '../../src/domain/movie-overrides.ts';
import { THE_MATRIX } from '../fixtures/movies.ts';

const movie = (content: Partial<MovieContent> = {}, observedAt: Date | null = new Date(0)): StoredMovie => ({
  id: '603',
  tmdbId: 603,
  observedAt,
  content: { ...contentOf({ ...THE_MATRIX, id: '603', observedAt: new Date(0) }), ...content },
});

describe('an observation of a movie', () => {
  const observed = movie({ title: 'TMDb’s', runtime: 151 });

  it('is shown as it is when no client edited the movie, or when the movie is new', () => {
    const whole = { shown: observed, overridden: null, restored: null };
    assert.deepEqual(afterObservation(observed, movie(), undefined), whole);
    assert.deepEqual(afterObservation(observed, undefined, undefined), whole);
    assert.deepEqual(afterObservation(observed, undefined, { deleted: false, observed: { title: 'old' } }), whole);
  });

  it('gives way in fields that clients edited, lists too, and TMDb’s values are stored', () => {
    const current = movie({ title: 'Mine', genreIds: [1] });
    const edits = { deleted: false, observed: { title: 'The Matrix', genreIds: [] } } as const;
    assert.deepEqual(afterObservation(observed, current, edits), {
      shown: { ...observed, content: { ...observed.content, title: 'Mine', genreIds: [1] } },
      overridden: { id: '603', fields: { title: 'TMDb’s', genreIds: observed.content.genreIds } },
      restored: null,
    });
  });

  it('changes nothing that is shown when it differs in edited fields alone', () => {
    const current = { ...movie({ title: 'Mine' }), observedAt: new Date(1) };
    const edits = { deleted: false, observed: { title: 'The Matrix' } } as const;
    const { shown, overridden } = afterObservation(movie({ title: 'TMDb’s' }), current, edits);
    assert.deepEqual([shown, overridden?.fields], [null, { title: 'TMDb’s' }]);
    assert.notEqual(afterObservation({ ...movie(), tmdbId: 604 }, current, edits).shown, null);
  });

  it('of a movie that is back gets the edits that were set aside when TMDb deleted it', () => {
    const edits = { deleted: false, setAside: { title: 'Mine', tagline: null } } as const;
    assert.deepEqual(afterObservation(observed, undefined, edits), {
      shown: { ...observed, content: { ...observed.content, title: 'Mine', tagline: null } },
      overridden: null,
      restored: { id: '603', fields: { title: 'TMDb’s', tagline: observed.content.tagline } },
    });
    assert.equal(afterObservation(observed, movie(), edits).shown, observed, 'but not while the movie is shown');
  });
});

describe('a client’s change of a movie', () => {
  it('overrides TMDb’s values of the edited fields; a movie that a client created has no others', () => {
    assert.deepEqual(newOverrides(movie(), ['title']), { id: '603', fields: { title: 'The Matrix' } });
    assert.equal(newOverrides(movie({}, null), ['title']), null);
  });

  it('that deletes it leaves the movie as TMDb has it, without the edits', () => {
    const edits = { deleted: false, observed: { title: 'The Matrix' } } as const;
    assert.deepEqual(afterDeletion(movie({ title: 'Mine' }), edits), movie());
    assert.deepEqual(afterDeletion(movie(), undefined), movie());
    assert.equal(afterDeletion(movie({}, null), undefined), null);
  });

  it('that releases fields gives them TMDb’s values, and leaves other edits', () => {
    const edited = movie({ title: 'Mine', runtime: 1 });
    const edits = { deleted: false, observed: { title: 'The Matrix', runtime: 136 } } as const;
    assert.deepEqual(afterRelease(edited, edits, ['title', 'tagline']), {
      movie: movie({ runtime: 1 }),
      released: ['title'],
    });
    assert.deepEqual(afterRelease(edited, edits, null), {
      movie: movie({ runtime: 136 }),
      released: ['title', 'runtime'],
    });
    assert.deepEqual(afterRelease(edited, undefined, null), { movie: edited, released: [] });
  });
});
