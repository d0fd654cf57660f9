import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toMoment } from '../../src/domain/moment.ts';

test('a moment in UTC stays as it is', () => {
  for (const text of ['2020-01-02T03:04:05.678Z', '2020-01-02T03:04:05Z']) assert.equal(toMoment(text), text);
});

test("other ways to write a moment become RFC 3339's", () => {
  assert.equal(toMoment('2017-02-13 22:23:01 UTC'), '2017-02-13T22:23:01Z');
  assert.equal(toMoment('2017-02-13T22:23:01+02:00'), '2017-02-13T20:23:01.000Z');
});

test('what is no moment is left for the schema to refuse', () => {
  for (const text of ['', 'soon', '2017-02-13', '2017-99-13 22:23:01 +02:00']) assert.equal(toMoment(text), text);
});
