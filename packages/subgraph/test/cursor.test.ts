import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCursor, encodeCursor, type Ordering } from '@marquee/subgraph/cursor';

const byDate: Ordering = { name: 'RELEASE_DATE_DESC', keys: ['date', 'text'] };
const raw = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const isRefused = (message: RegExp) => (error: unknown) => {
  assert.equal((error as { extensions: { code: string } }).extensions.code, 'BAD_USER_INPUT');
  assert.match((error as Error).message, message);
  return true;
};

describe('cursor', () => {
  it('returns the sort keys it was made of, whatever the script', () => {
    for (const values of [
      ['2001-07-20', '129'],
      ['-infinity', '千と千尋の神隠し'],
      ['infinity', 'é"\\,]'],
    ]) {
      assert.deepEqual(decodeCursor(encodeCursor(byDate, values), byDate), values);
    }
    const byScore: Ordering = { name: 'SCORE', keys: ['number', 'bigint', 'timestamp'] };
    const values = [0.1 + 0.2, Number.MAX_SAFE_INTEGER, '2026-11-22T10:00:00.123Z'];
    assert.deepEqual(decodeCursor(encodeCursor(byScore, values), byScore), values);
  });

  it('refuses what it did not make', () => {
    const forged = [
      '',
      '603',
      'not base64url!',
      `${encodeCursor(byDate, ['2001-07-20', '129'])}=`,
      Buffer.from([0xff, 0xfe]).toString('base64url'),
      raw({ name: 'RELEASE_DATE_DESC' }),
      raw(['RELEASE_DATE_DESC', '2001-07-20']),
      raw(['RELEASE_DATE_DESC', '2001-07-20', '129', 'more']),
      raw(['RELEASE_DATE_DESC', '2001-02-30', '129']),
      raw(['RELEASE_DATE_DESC', '1900-02-29', '129']),
      raw(['RELEASE_DATE_DESC', '0000-01-01', '129']),
      raw(['RELEASE_DATE_DESC', '10000-01-01', '129']),
      raw(['RELEASE_DATE_DESC', "'; drop table movies", '129']),
      raw(['RELEASE_DATE_DESC', null, '129']),
      raw(['RELEASE_DATE_DESC', '2001-07-20', 129]),
      raw(['RELEASE_DATE_DESC', '2001-07-20', 'a\0b']),
      raw(['RELEASE_DATE_DESC', '2001-07-20', 'a\ud800b']),
      raw(['RELEASE_DATE_DESC', '2001-07-20', 'x'.repeat(10_000)]),
    ];
    for (const cursor of forged) {
      assert.throws(
        () => decodeCursor(cursor, byDate, 'after'),
        isRefused(/^`after` (is not a cursor|comes from)/),
        cursor,
      );
    }
    const byNumber: Ordering = { name: 'N', keys: ['integer', 'timestamp'] };
    assert.throws(() => decodeCursor(raw(['N', 1.5, '2026-11-22T10:00:00Z']), byNumber), isRefused(/is not a cursor/));
    for (const time of [
      '2026-13-22T10:00:00Z',
      '2026-02-29T10:00:00Z',
      '2026-04-31T10:00:00.000Z',
      '0000-01-01T10:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T10:60:00Z',
      '2026-01-01T10:00:00',
      '2026-01-01',
    ]) {
      assert.throws(() => decodeCursor(raw(['N', 1, time]), byNumber), isRefused(/is not a cursor/), time);
    }
    for (const integer of [2_147_483_648, -2_147_483_648.5, -2_147_483_649, Number.MAX_SAFE_INTEGER]) {
      assert.throws(() => decodeCursor(raw(['N', integer, '2026-11-22T10:00:00Z']), byNumber), isRefused(/is not a/));
    }
  });

  it('refuses a cursor of another ordering and says to keep orderBy', () => {
    const other = encodeCursor({ name: 'TITLE_ASC', keys: ['text', 'text'] }, ['Alien', '348']);
    assert.throws(
      () => decodeCursor(other, byDate, 'before'),
      isRefused(/^`before` comes from another ordering.*orderBy/),
    );
  });
});
