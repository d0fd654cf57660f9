import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBlank, isStorableText } from '../src/text.ts';

test('blanks of every kind and width are blank', () => {
  const blanks = [
    '',
    ' ',
    '\t\r\n',
    '\u0085',
    '\u00a0',
    '\u00ad',
    '\u034f',
    '\u1680',
    '\u180e',
    '\u2003\u2009',
    '\u200b\u200c\u200d',
    '\u2028\u2029',
    '\u202f',
    '\u2060',
    '\u2800',
    '\u3000',
    '\u3164',
    '\ufe0f',
    '\ufeff',
    '\uffa0',
    '\u{e0020}',
    '\0',
  ];
  for (const text of blanks) assert.ok(isBlank(text), JSON.stringify(text));
  assert.ok(isBlank(blanks.join('')));
});

test('a text with anything to see is not', () => {
  for (const text of ['a', ' a ', '\u00a0.\u00a0', '0', '💡', '👨‍👩‍👧', '\u200fא', '…', '한', '\ue000', '\ud800']) {
    assert.ok(!isBlank(text), JSON.stringify(text));
  }
});

test('text that Postgres can hold has neither U+0000 nor half a pair', () => {
  for (const text of ['', 'a\u0001', '🎬']) assert.ok(isStorableText(text), JSON.stringify(text));
  for (const text of ['a\0', '\ud83c', 'a\udfac']) assert.ok(!isStorableText(text), JSON.stringify(text));
});
