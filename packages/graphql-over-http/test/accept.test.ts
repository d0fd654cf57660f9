import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaRanges, qualityOfType } from '../src/accept.ts';

test('ranges have types in lower case, parameters without quotes, and weights', () => {
  assert.deepEqual(
    mediaRanges('Text/HTML;Level="a, \\"b\\"" ;q=0.7,, multipart/mixed;deferSpec=20220824').map((range) => ({
      ...range,
      parameters: { ...range.parameters },
    })),
    [
      { type: 'text/html', parameters: { level: 'a, "b"', q: '0.7' }, quality: 0.7 },
      { type: 'multipart/mixed', parameters: { deferspec: '20220824' }, quality: 1 },
    ],
  );
});

test('the most specific range decides on a type', () => {
  const ranges = mediaRanges('*/*;q=0.1, application/*;q=0.5, application/json;q=0, text/plain;q=nonsense');
  assert.equal(qualityOfType(ranges, 'application/json'), 0);
  assert.equal(qualityOfType(ranges, 'application/xml'), 0.5);
  assert.equal(qualityOfType(ranges, 'image/png'), 0.1);
  assert.equal(qualityOfType(ranges, 'text/plain'), 1);
  assert.equal(qualityOfType(mediaRanges('text/*'), 'image/png'), 0);
  assert.equal(qualityOfType(mediaRanges(undefined), 'image/png'), 1);
});

test('hostile values cost what they are long', () => {
  for (const value of [','.repeat(16_000), ';'.repeat(16_000), `a/b;x="${'\\"'.repeat(8_000)}`, ' '.repeat(16_000)]) {
    assert.ok(mediaRanges(value).length <= 1);
  }
});
