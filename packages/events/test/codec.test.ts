import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarqueeError } from '@marquee/runtime/errors';
import { type DecodeFaultCode, decodeEvent, encodeDeleted, encodeObserved } from '../src/codec.ts';
import type { MovieDetails } from '../src/generated/movie-details.ts';
import {
  MOVIE_CREDITS,
  MOVIE_DETAILS,
  MOVIE_MEDIA,
  MOVIE_RATINGS,
  OBSERVATION_TOPICS,
  PERSON_DETAILS,
} from '../src/generated/topics.ts';
import { deadLetterTopic } from '../src/topic.ts';
import { credits, details, media, personDetails, ratings } from './samples.ts';

const observedAt = new Date('2026-03-01T10:20:30.456Z');
const source = 'https://api.themoviedb.org/3';
const observation = { subject: '603', observedAt, source };

const encodedDetails = () => ({
  topic: MOVIE_DETAILS.name as string,
  ...encodeObserved(MOVIE_DETAILS, { ...observation, data: details }),
});

test('an observation comes back as it was, for every topic', () => {
  const records = [
    { topic: MOVIE_DETAILS, data: details, record: encodedDetails() },
    { topic: MOVIE_CREDITS, data: credits, record: encodeObserved(MOVIE_CREDITS, { ...observation, data: credits }) },
    { topic: MOVIE_RATINGS, data: ratings, record: encodeObserved(MOVIE_RATINGS, { ...observation, data: ratings }) },
    { topic: MOVIE_MEDIA, data: media, record: encodeObserved(MOVIE_MEDIA, { ...observation, data: media }) },
  ];
  for (const { topic, data, record } of records) {
    const decoded = decodeEvent({ ...record, topic: topic.name });
    assert.ok(decoded.ok);
    assert.equal(record.key.toString(), '603');
    assert.deepEqual(decoded.event, {
      kind: 'observed',
      topic: topic.name,
      type: topic.observedType,
      id: record.headers.ce_id,
      ...observation,
      data,
    });
  }
});

test("a person's record is keyed by the person", () => {
  const about = { ...observation, subject: '6384' };
  const record = encodeObserved(PERSON_DETAILS, { ...about, data: personDetails });
  assert.equal(record.key.toString(), '6384');
  const decoded = decodeEvent({ ...record, topic: PERSON_DETAILS.name });
  assert.ok(decoded.ok && decoded.event.kind === 'observed');
  assert.deepEqual([decoded.event.subject, decoded.event.data], ['6384', personDetails]);
  assert.throws(
    () => encodeObserved(PERSON_DETAILS, { ...observation, data: personDetails }),
    /person "603": \/personId must be 603/,
  );
});

test('the headers are those of the CloudEvents Kafka binding in binary mode', () => {
  const { ce_id, ...headers } = encodedDetails().headers;
  assert.match(ce_id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(headers, {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_type: 'marquee.movie-details.observed.v1',
    ce_source: source,
    ce_subject: '603',
    ce_time: '2026-03-01T10:20:30.456Z',
    ce_dataschema: 'https://marquee.example/schemas/movie-details.v1.json',
  });
});

test('a delete is a tombstone that carries its headers, for every topic', () => {
  for (const topic of OBSERVATION_TOPICS) {
    const record = encodeDeleted(topic, observation);
    assert.equal(record.value, null);
    const decoded = decodeEvent({ ...record, topic: topic.name });
    assert.ok(decoded.ok);
    assert.deepEqual(decoded.event, {
      kind: 'deleted',
      topic: topic.name,
      type: topic.deletedType,
      id: record.headers.ce_id,
      ...observation,
    });
  }
});

test('the producer refuses what no consumer would take, and says why', () => {
  const refused: [Partial<Parameters<typeof encodeObserved>[1]>, RegExp][] = [
    [{ data: { ...details, runtime: 0 } }, /marquee\.movie-details\.v1, movie "603": \/runtime must be >= 1/],
    [{ data: { ...details, movieId: '604' } }, /\/movieId must be 603/],
    [{ data: { ...details, title: 'a\0b' } }, /\/title must not contain the character U\+0000/],
    [{ data: { ...details, genres: [{ id: 1, name: 'x\ud800' }] } }, /\/genres\/0\/name must not contain half a surr/],
    [{ data: { ...details, popularity: Number.NaN } }, /\/popularity must be number/],
    [{ data: undefined as unknown as MovieDetails }, /\(root\) must be object/],
    [{ subject: 'six hundred' }, /the subject must be/],
    [{ observedAt: new Date(Number.NaN) }, /observedAt must be a date/],
    [{ source: '' }, /source must be/],
  ];
  for (const [change, message] of refused) {
    assert.throws(
      () => encodeObserved(MOVIE_DETAILS, { ...observation, data: details, ...change } as never),
      (error) => error instanceof MarqueeError && error.code === 'INVALID_EVENT' && message.test(error.message),
      String(message),
    );
  }
  assert.throws(() => encodeDeleted(MOVIE_RATINGS, { ...observation, subject: '' }), { code: 'INVALID_EVENT' });
});

type RawRecord = Parameters<typeof decodeEvent>[0];
const json = (data: unknown) => Buffer.from(JSON.stringify(data));
const nested = (depth: number) => Buffer.from(`{"movieId":${'['.repeat(depth)}${']'.repeat(depth)}}`);

const notEvents: [string, (record: RawRecord) => Partial<RawRecord>, DecodeFaultCode, RegExp][] = [
  ['a topic of nobody', () => ({ topic: 'other' }), 'UNKNOWN_TOPIC', /"other"/],
  ['a dead letter', () => ({ topic: deadLetterTopic('movies').name }), 'UNKNOWN_TOPIC', /dead-letters/],
  ['another topic', () => ({ topic: MOVIE_RATINGS.name }), 'WRONG_TOPIC', /belongs on marquee\.movie-details\.v1, not/],
  ['no headers', () => ({ headers: {} }), 'BAD_ENVELOPE', /ce_specversion must be 1\.0, not missing/],
  ['inherited headers', ({ headers }) => ({ headers: Object.create(headers) }), 'BAD_ENVELOPE', /ce_specversion/],
  ['another version', header('ce_specversion', '0.3'), 'BAD_ENVELOPE', /not "0\.3"/],
  ['no type', header('ce_type', undefined), 'BAD_ENVELOPE', /ce_type is missing/],
  ['an unknown type', header('ce_type', 'marquee.movie-details.observed.v2'), 'UNKNOWN_TYPE', /observed\.v2/],
  ['a type named like a method', header('ce_type', 'constructor'), 'UNKNOWN_TYPE', /constructor/],
  ['no id', header('ce_id', ''), 'BAD_ENVELOPE', /ce_id is missing/],
  ['no source', header('ce_source', undefined), 'BAD_ENVELOPE', /ce_source is missing/],
  ['no subject', header('ce_subject', undefined), 'BAD_ENVELOPE', /ce_subject is missing/],
  ['a subject that is no id', header('ce_subject', '../603'), 'BAD_ENVELOPE', /no movie id/],
  ['no time', header('ce_time', undefined), 'BAD_ENVELOPE', /ce_time must be/],
  ['a time in words', header('ce_time', 'yesterday'), 'BAD_ENVELOPE', /"yesterday"/],
  ['a time without a zone', header('ce_time', '2026-03-01T10:20:30'), 'BAD_ENVELOPE', /ce_time/],
  ['a day that is not', header('ce_time', '2026-02-30T10:20:30Z'), 'BAD_ENVELOPE', /ce_time/],
  ['an hour that is not', header('ce_time', '2026-02-20T25:20:30Z'), 'BAD_ENVELOPE', /ce_time/],
  ['the year 0', header('ce_time', '0000-02-20T05:20:30Z'), 'BAD_ENVELOPE', /ce_time/],
  ['a media type that is not JSON', header('content-type', 'text/html'), 'BAD_ENVELOPE', /"text\/html"/],
  ['no media type', header('content-type', undefined), 'BAD_ENVELOPE', /content-type/],
  ['no key', () => ({ key: null }), 'KEY_MISMATCH', /must be 603/],
  ['another key', () => ({ key: Buffer.from('604') }), 'KEY_MISMATCH', /must be 603/],
  ['a key of hostile bytes', () => ({ key: Buffer.from([0xff, 0xfe]) }), 'KEY_MISMATCH', /must be 603/],
  ['data of another movie', () => ({ value: json({ ...details, movieId: '604' }) }), 'KEY_MISMATCH', /\/movieId/],
  ['an observation without value', () => ({ value: null }), 'MISSING_DATA', /observed\.v1 must come with a value/],
  ['a delete with a value', header('ce_type', MOVIE_DETAILS.deletedType), 'UNEXPECTED_DATA', /null value/],
  ['an empty value', () => ({ value: Buffer.alloc(0) }), 'NOT_JSON', /not JSON/],
  ['half a document', () => ({ value: Buffer.from('{"movieId":"603"') }), 'NOT_JSON', /not JSON/],
  ['bytes that are not UTF-8', () => ({ value: Buffer.from([0x22, 0xc3, 0x28, 0x22]) }), 'NOT_JSON', /not UTF-8/],
  ['JSON with a raw line break in text', () => ({ value: Buffer.from('"a\nb"') }), 'NOT_JSON', /not JSON/],
  ['null', () => ({ value: Buffer.from('null') }), 'SCHEMA_INVALID', /\(root\) must be object/],
  ['a list', () => ({ value: Buffer.from('[]') }), 'SCHEMA_INVALID', /\(root\) must be object/],
  ['deep nesting', () => ({ value: nested(1_000_000) }), 'SCHEMA_INVALID', /required property/],
  ['an escaped NUL', () => ({ value: json({ ...details, tagline: '\0' }) }), 'SCHEMA_INVALID', /\/tagline .*U\+0000/],
  ['half a surrogate', () => ({ value: json({ ...details, tagline: '\udc00' }) }), 'SCHEMA_INVALID', /\/tagline/],
  [
    'a __proto__ in place of a member',
    () => ({ value: Buffer.from(JSON.stringify(details).replace('"title"', '"__proto__"')) }),
    'SCHEMA_INVALID',
    /required property 'title'/,
  ],
];

function header(name: string, value: string | undefined): (record: RawRecord) => Partial<RawRecord> {
  return ({ headers }) => {
    const { [name]: _old, ...others } = headers;
    return { headers: value === undefined ? others : { ...others, [name]: value } };
  };
}

for (const [what, change, code, reason] of notEvents) {
  test(`${what} is no event: ${code}`, () => {
    const record = encodedDetails();
    const decoded = decodeEvent({ ...record, ...change(record) });
    assert.ok(!decoded.ok);
    assert.equal(decoded.code, code);
    assert.match(decoded.reason, reason);
    assert.ok(decoded.reason.length < 400 && !/\p{C}/u.test(decoded.reason), decoded.reason);
    assert.equal(({} as { title?: string }).title, undefined);
  });
}

test('a __proto__ member is an unknown property, which the consumer removes', () => {
  const record = encodedDetails();
  const value = Buffer.from(JSON.stringify(details).replace('{', '{"__proto__":{"title":"x"},'));
  const decoded = decodeEvent({ ...record, value });
  assert.ok(decoded.ok && decoded.event.kind === 'observed');
  assert.deepEqual(decoded.event.data, details);
  assert.deepEqual(Object.getPrototypeOf(decoded.event.data), Object.prototype);
  assert.equal(Object.hasOwn(decoded.event.data, '__proto__'), false);
});

test('a time in another zone, other headers and a character set are as good', () => {
  const record = encodedDetails();
  const decoded = decodeEvent({
    ...record,
    headers: {
      ...record.headers,
      ce_time: '2026-03-01T12:20:30.456+02:00',
      'content-type': 'application/json; charset=utf-8',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  });
  assert.ok(decoded.ok);
  assert.deepEqual(decoded.event.observedAt, observedAt);
});

test('records with bytes changed at random never make the decoder throw', () => {
  const record = encodedDetails();
  const value = encodedDetails().value;
  // A linear congruential generator (the constants of Numerical Recipes) makes a failure repeatable.
  let state = 20_261;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  let refused = 0;
  for (let round = 0; round < 2_000; round += 1) {
    const changed = Buffer.from(value);
    for (let flips = 0; flips <= random(4); flips += 1) changed[random(changed.length)] = random(256);
    const decoded = decodeEvent({ ...record, value: changed.subarray(0, random(10) === 0 ? random(400) : undefined) });
    if (!decoded.ok) refused += 1;
  }
  assert.ok(refused > 1_000, `only ${refused} were refused`);
});
