import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Credit, creditsOf } from '../../src/domain/credit.ts';
import { type CreditOverride, deletedCredit, editedCredit, reconcile } from '../../src/domain/credit-overrides.ts';
import { movieOf, part } from '../fixtures/credits.ts';

const NOBODY: ReadonlySet<string> = new Set();
const [one, two] = creditsOf(
  movieOf('11', { cast: [part('1', { creditId: 'a', character: 'A' }), part('2', { creditId: 'b', order: 1 })] }),
) as [Credit, Credit];
const made: Credit = { ...one, key: 'made', creditId: null };
const byClient: CreditOverride = { movieId: '11', key: 'made', state: 'made', observed: null, edits: made };

describe('reconcile', () => {
  it('hands out what is observed, the same list, where nobody did anything', () => {
    const observed = [one, two];
    assert.deepEqual(reconcile(observed, [], NOBODY), { shown: observed, kept: [], dropped: [] });
    assert.equal(reconcile(observed, [], NOBODY).shown, observed);
  });

  it('keeps what clients made', () => {
    assert.deepEqual(reconcile([], [byClient], NOBODY), { shown: [made], kept: [], dropped: [] });
  });

  it('puts edits over what is observed, which is remembered', () => {
    const edited = editedCredit(one, undefined, { character: 'Edited' });
    const later = { ...one, character: 'Later', place: 7 };
    assert.deepEqual(reconcile([later, two], [edited], NOBODY), {
      shown: [{ ...later, character: 'Edited' }, two],
      kept: [{ ...edited, observed: later }],
      dropped: [],
    });
  });

  it('shows an edited credit only while it is observed', () => {
    const edited = editedCredit(one, undefined, { character: 'Edited' });
    const { shown, kept } = reconcile([two], [edited], NOBODY);
    assert.deepEqual([shown, kept], [[two], [{ ...edited, observed: null }]]);
    assert.deepEqual(reconcile([one], kept, NOBODY).shown, [{ ...one, character: 'Edited' }]);
  });

  it('leaves out what a client deleted, edited before or not', () => {
    const edited = editedCredit(one, undefined, { character: 'Edited' });
    for (const known of [undefined, edited]) {
      const deleted = deletedCredit(one, known) as CreditOverride;
      assert.deepEqual(deleted.observed, one);
      assert.deepEqual(reconcile([one, two], [deleted], NOBODY).shown, [two]);
    }
    assert.equal(deletedCredit(made, byClient), null);
  });

  it('hides the credits of deleted persons, and forgets that once they are there again', () => {
    const hidden = { movieId: '11', key: 'a', state: 'hidden', observed: one, edits: {} } as const;
    assert.deepEqual(reconcile([one, two], [], new Set(['1'])), { shown: [two], kept: [hidden], dropped: [] });
    assert.deepEqual(reconcile([one, two], [hidden], NOBODY), { shown: [one, two], kept: [], dropped: [hidden] });
    assert.deepEqual(reconcile([two], [hidden], new Set(['1'])), { shown: [two], kept: [], dropped: [hidden] });
  });
});
