import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDay, toMoment } from '../../src/domain/moment.ts';

test('a moment in UTC stays as it is', () => {
  for (const text of ['2020-01-02T03:04:05.678Z', '2020-01-02T03:04:05Z']) assert.equal(toMoment(text), text);
});

test("other ways to write a moment become RFC 3339's", () => {
  assert.equal(toMoment('2017-02-13 22:23:01 UTC'), '2017-02-13T22:23:01Z');
  assert.equal(toMoment('2017-02-13T22:23:01+02:00'), '2017-02-13T20:23:01.000Z');
});

test('what is no moment is none', () => {
  const none = [
    '',
    'soon',
    '2017-02-13',
    '2017-99-13 22:23:01 +02:00',
    '2017-02-30T00:00:00Z',
    '2017-02-13T24:00:00Z',
    '2017-02-13T23:59:60Z',
    '0000-00-00T00:00:00Z',
    '0001-01-01T00:00:00+02:00',
    '2017-02-13T22:23:01',
  ];
  for (const text of none) assert.equal(toMoment(text), undefined, text);
});

test('a day is one of the calendar, of four digits a year', () => {
  for (const text of ['0001-01-01', '2020-02-29', '9999-12-31']) assert.ok(isDay(text), text);
  for (const text of ['0000-00-00', '0000-01-01', '2021-02-29', '2020-13-01', '2020-00-10', '20-01-01', '2020-1-1'])
    assert.ok(!isDay(text), text);
});
