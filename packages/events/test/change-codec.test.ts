import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarqueeError } from '@marquee/runtime/errors';
import { decodeChange, type EntityChange, encodeChange } from '../src/change-codec.ts';
import { MOVIES_CHANGES, PEOPLE_CHANGES, RATINGS_CHANGES } from '../src/change-topics.ts';
import type { DecodeFaultCode } from '../src/codec.ts';

const eventId = '019aa000-0000-7000-8000-000000000001';
const occurredAt = new Date('2026-03-01T10:20:30.456Z');

const movie: EntityChange<'movies'> = {
  ...{ eventId, occurredAt, entity: 'Movie', entityId: '603', version: 7, tags: ['movie-603', 'movies'] },
  ...{ change: 'updated', facts: {} },
};
const rating: EntityChange<'ratings'> = {
  ...{ eventId, occurredAt, entity: 'Rating', entityId: '603', version: 1, tags: ['movie-603'], change: 'created' },
  facts: { votes: { voteAverage: 8.2, voteCount: 26_000, weightedScore: 8.17 } },
};
const review: EntityChange<'ratings'> = { ...rating, entity: 'Review', entityId: 'Ünique, 1', facts: { votes: null } };
const person: EntityChange<'people'> = { ...movie, entity: 'Person', entityId: '6384', tags: [], facts: {} };
const deletion: EntityChange<'movies'> = { ...movie, change: 'deleted', facts: null };

const encoded = () => ({ topic: MOVIES_CHANGES.name as string, ...encodeChange(MOVIES_CHANGES, movie) });
const tombstone = () => ({ topic: MOVIES_CHANGES.name as string, ...encodeChange(MOVIES_CHANGES, deletion) });

test('a change comes back as it was, for every topic', () => {
  const records = [
    { topic: MOVIES_CHANGES, change: movie, record: encodeChange(MOVIES_CHANGES, movie) },
    { topic: PEOPLE_CHANGES, change: person, record: encodeChange(PEOPLE_CHANGES, person) },
    { topic: RATINGS_CHANGES, change: rating, record: encodeChange(RATINGS_CHANGES, rating) },
    { topic: RATINGS_CHANGES, change: review, record: encodeChange(RATINGS_CHANGES, review) },
  ];
  for (const { topic, change, record } of records) {
    assert.deepEqual(decodeChange({ topic: topic.name, ...record }), { ok: true, topic, change });
    assert.equal(record.key.toString(), `${change.entity}:${change.entityId}`);
  }
});

test('a deletion is a tombstone whose headers say all there is', () => {
  const { key, value, headers } = tombstone();
  assert.equal(key.toString(), 'Movie:603');
  assert.equal(value, null);
  assert.deepEqual(headers, {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: eventId,
    ce_type: 'marquee.movies-changes.deleted.v1',
    ce_source: '/subgraphs/movies',
    ce_subject: 'Movie:603',
    ce_time: '2026-03-01T10:20:30.456Z',
    ce_dataschema: 'https://marquee.example/schemas/movies-changes.v1.json',
    ce_entityid: '603',
    ce_entityversion: '7',
    ce_cachetags: '["movie-603","movies"]',
  });
  assert.deepEqual(decodeChange(tombstone()), { ok: true, topic: MOVIES_CHANGES, change: deletion });
});

test('the producer refuses what no follower would take, and says why', () => {
  const refused: [object, RegExp][] = [
    [{ entity: 'Person' }, /marquee\.movies-changes\.v1, "Person:603": \/entity must be equal to one of/],
    [{ entity: 'Person', change: 'deleted', facts: null }, /\/entity must be one of Movie, MovieVotes/],
    [{ entityId: '' }, /\/id must NOT have fewer than 1 characters/],
    [{ entityId: 'a\0' }, /\/id must not contain the character U\+0000/],
    [{ version: 0 }, /\/version must be >= 1/],
    [{ version: 2 ** 53 }, /\/version must be <= 9007199254740991/],
    [{ tags: [''] }, /\/tags\/0 must NOT have fewer than 1 characters/],
    [{ tags: [''], change: 'deleted', facts: null }, /\/tags\/0 must NOT have fewer/],
    [{ change: 'renamed' }, /\/change must be equal to one of the allowed values/],
    [{ facts: { title: 'x' } }, /must NOT have additional properties: "title"/],
    [{ eventId: '' }, /must have an id/],
    [{ occurredAt: new Date(Number.NaN) }, /occurredAt must be a date/],
  ];
  for (const [change, message] of refused) {
    assert.throws(
      () => encodeChange(MOVIES_CHANGES, { ...movie, ...change } as typeof movie),
      (error) => error instanceof MarqueeError && error.code === 'INVALID_EVENT' && message.test(error.message),
      String(message),
    );
  }
  const votes = { voteAverage: 11, voteCount: 1, weightedScore: 7 };
  assert.throws(
    () => encodeChange(RATINGS_CHANGES, { ...rating, facts: { votes } }),
    /\/votes\/voteAverage must be <= 10/,
  );
});

type RawRecord = Parameters<typeof decodeChange>[0];
type Change = (record: RawRecord) => Partial<RawRecord>;

const notChanges: [what: string, record: RawRecord, change: Change, DecodeFaultCode][] = [
  ['an unknown topic', encoded(), () => ({ topic: 'marquee.series-changes.v1' }), 'UNKNOWN_TOPIC'],
  ['no headers', encoded(), () => ({ headers: {} }), 'BAD_ENVELOPE'],
  ['an unknown type', encoded(), header('ce_type', 'marquee.movies-changes.renamed.v1'), 'UNKNOWN_TYPE'],
  ['the type of another topic', encoded(), header('ce_type', RATINGS_CHANGES.types.updated), 'WRONG_TOPIC'],
  ['the type of an observation', encoded(), header('ce_type', 'marquee.movie-details.observed.v1'), 'UNKNOWN_TYPE'],
  ['no version', encoded(), header('ce_entityversion', undefined), 'BAD_ENVELOPE'],
  ['a version with a sign', encoded(), header('ce_entityversion', '+7'), 'BAD_ENVELOPE'],
  ['version 0', encoded(), header('ce_entityversion', '0'), 'BAD_ENVELOPE'],
  ['no tags', tombstone(), header('ce_cachetags', undefined), 'BAD_ENVELOPE'],
  ['tags that are no array', tombstone(), header('ce_cachetags', '"movie-603"'), 'BAD_ENVELOPE'],
  ['an entity of another subgraph', encoded(), header('ce_subject', 'Person:603'), 'BAD_ENVELOPE'],
  ['a subject of another id', encoded(), header('ce_subject', 'Movie:604'), 'BAD_ENVELOPE'],
  ['no key', encoded(), () => ({ key: null }), 'KEY_MISMATCH'],
  ['another key', encoded(), () => ({ key: Buffer.from('Movie:604') }), 'KEY_MISMATCH'],
  ['a tombstone with a value', tombstone(), () => ({ value: Buffer.from('{}') }), 'UNEXPECTED_DATA'],
  ['an update without a value', encoded(), () => ({ value: null }), 'MISSING_DATA'],
  ['another media type', encoded(), header('content-type', 'text/plain'), 'BAD_ENVELOPE'],
  ['bytes that are no JSON', encoded(), () => ({ value: Buffer.from([0xff, 0x7b]) }), 'NOT_JSON'],
  ['data that is refused by the schema', encoded(), () => ({ value: Buffer.from('{}') }), 'SCHEMA_INVALID'],
  ['data of another version', encoded(), header('ce_entityversion', '8'), 'KEY_MISMATCH'],
  ['data with other tags', encoded(), header('ce_cachetags', '["movie-1"]'), 'KEY_MISMATCH'],
  [
    'an update that calls itself a creation',
    encoded(),
    header('ce_type', MOVIES_CHANGES.types.created),
    'KEY_MISMATCH',
  ],
];

function header(name: string, value: string | undefined): (record: RawRecord) => Partial<RawRecord> {
  return ({ headers }) => {
    const { [name]: _old, ...others } = headers;
    return { headers: value === undefined ? others : { ...others, [name]: value } };
  };
}

for (const [what, record, change, code] of notChanges) {
  test(`${what}: ${code}`, () => {
    const decoded = decodeChange({ ...record, ...change(record) });
    assert.ok(!decoded.ok);
    assert.equal(decoded.code, code, decoded.reason);
    assert.ok(decoded.reason.length < 400 && !/\p{C}/u.test(decoded.reason), decoded.reason);
  });
}
