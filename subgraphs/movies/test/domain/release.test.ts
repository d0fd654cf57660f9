import assert from 'node:assert/strict';
import { it } from 'node:test';
import { certificationIn, type Release, releaseTypeOf } from '../../src/domain/release.ts';

const release = (country: string, type: Release['type'], date: string, certification: string | null): Release => ({
  country,
  type,
  date,
  certification,
  note: null,
  language: null,
  descriptors: [],
});

it('names the six kinds of release, and no other', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(releaseTypeOf), [
    'PREMIERE',
    'THEATRICAL_LIMITED',
    'THEATRICAL',
    'DIGITAL',
    'PHYSICAL',
    'TV',
  ]);
  for (const number of [0, 7, 1.5]) assert.throws(() => releaseTypeOf(number), RangeError);
});

it('takes the certification of the theatrical release, else the earliest, in that country alone', () => {
  const releases = [
    release('DE', 'PREMIERE', '1999-06-01', '12'),
    release('US', 'PREMIERE', '1999-03-24', 'NR'),
    release('US', 'THEATRICAL', '1999-03-31', 'R'),
    release('FR', 'THEATRICAL', '1999-06-23', null),
    release('FR', 'PHYSICAL', '2000-01-01', '12'),
    release('FR', 'TV', '2003-01-01', '16'),
  ];
  assert.equal(certificationIn(releases, 'US'), 'R');
  assert.equal(certificationIn(releases, 'DE'), '12');
  assert.equal(certificationIn(releases, 'FR'), '12');
  assert.equal(certificationIn(releases, 'JP'), null);
});
