import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { creditId, readCreditId } from '../../src/domain/credit-id.ts';

describe('the id of a credit', () => {
  it('says which credit it is, whatever its key', () => {
    for (const ref of [
      { movieId: '603', key: '52fe425bc3a36847f80181c1' },
      { movieId: '019a8c5e-1d7b-7d10-a7a5-0d2f6f3f2c11', key: 'cast-6384~2' },
      { movieId: '1', key: 'a key with blanks, ü and 名' },
    ]) {
      assert.match(creditId(ref), /^[\w-]+$/);
      assert.deepEqual(readCreditId(creditId(ref)), ref);
    }
  });

  it('is one text for each credit: what reads like it and is not is none', () => {
    const id = creditId({ movieId: '603', key: 'neo' });
    for (const other of [
      '',
      'neo',
      `${id}=`,
      `${id} `,
      creditId({ movieId: '', key: 'neo' }),
      creditId({ movieId: '603', key: '' }),
      creditId({ movieId: '603', key: 'n\0o' }),
    ]) {
      assert.equal(readCreditId(other), null, other);
    }
  });
});
