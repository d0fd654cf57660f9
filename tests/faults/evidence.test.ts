import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evidence, mistakesOf, repeatsIn } from './evidence.ts';

const change = (entity: string, version: number, eventId = `${entity} ${version}`) => ({ entity, version, eventId });

/** A run without a fault: two movies, one of which was changed twice, and a person. */
const flawless: Evidence = {
  acknowledged: new Map([
    ['movie-details 1', 'one'],
    ['movie-details 2', 'two'],
    ['movie-credits 1', 'cast'],
  ]),
  stored: new Map([
    ['movie-details 2', 'two'],
    ['movie-details 1', 'one'],
    ['movie-credits 1', 'cast'],
  ]),
  changes: new Map([
    ['Movie:1', [1, 1]],
    ['Movie:2', [1, 2]],
  ]),
  versions: new Map([
    ['Movie:1', 1],
    ['Movie:2', 2],
    ['Person:9', 1],
  ]),
  announced: [change('Movie:2', 1), change('Movie:1', 1), change('Movie:2', 2), change('Person:9', 1)],
  followed: new Map([
    ['people Movie:1', 1],
    ['people Movie:2', 2],
  ]),
  followers: { Movie: ['people'] },
  deadLetters: 0,
};

test('a run in which each acknowledged event has one effect has no mistakes', () => {
  assert.deepEqual(mistakesOf(flawless), []);
});

test('the relay may announce a change again: followers know its event id', () => {
  const announced = [...flawless.announced, change('Movie:1', 1), change('Movie:2', 1), change('Movie:2', 2)];
  assert.deepEqual(mistakesOf({ ...flawless, announced }), []);
  assert.equal(repeatsIn(announced), 3);
});

/** One planted mistake each, with the sentence that reports it. */
const planted: Readonly<Record<string, readonly [Partial<Evidence>, string]>> = {
  'a lost event': [
    { stored: new Map([...flawless.stored].slice(1)) },
    'movie-details 2 was acknowledged and is not stored',
  ],
  'a stale row': [
    { stored: new Map([...flawless.stored, ['movie-credits 1', 'older']]) },
    'movie-credits 1 is stored as older instead of cast',
  ],
  'an effect that nobody asked for': [
    { stored: new Map([...flawless.stored, ['created 7', 'again']]) },
    'created 7 is stored and was not acknowledged',
  ],
  'an effect that happened twice': [
    {
      versions: new Map([...flawless.versions, ['Movie:1', 2]]),
      announced: [...flawless.announced, change('Movie:1', 2)],
      followed: new Map([...flawless.followed, ['people Movie:1', 2]]),
    },
    'Movie:1 has changed 2 times instead of 1 to 1',
  ],
  'an effect that never happened': [
    { changes: new Map([['Movie:3', [1, 2]]]) },
    'Movie:3 has changed 0 times instead of 1 to 2',
  ],
  'a lost announcement': [{ announced: flawless.announced.slice(1) }, 'version 1 of Movie:2 was not announced'],
  'a lost last announcement': [
    { announced: flawless.announced.slice(0, 3) },
    'version 1 of Person:9 was not announced',
  ],
  'two changes with one version': [
    { announced: [...flawless.announced, change('Movie:1', 1, 'another')] },
    'version 1 of Movie:1 was announced as two changes',
  ],
  'a first announcement after a later one': [
    { announced: [...flawless.announced.slice(1), change('Movie:2', 1)] },
    'version 1 of Movie:2 was announced late',
  ],
  'an announcement of a change that was rolled back': [
    { announced: [...flawless.announced, change('Person:9', 2)] },
    'version 2 of Person:9 was announced and is not stored',
  ],
  'a follower that missed a change': [
    { followed: new Map([...flawless.followed, ['people Movie:2', 1]]) },
    'people has applied version 1 of Movie:2 instead of 2',
  ],
  'a dead letter': [{ deadLetters: 2 }, '2 records are dead letters'],
};

for (const [what, [mistake, sentence]] of Object.entries(planted)) {
  test(`finds ${what}`, () => {
    assert.deepEqual(mistakesOf({ ...flawless, ...mistake }), [sentence]);
  });
}
