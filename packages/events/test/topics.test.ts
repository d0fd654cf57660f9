import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OBSERVATION_TOPICS } from '../src/generated/topics.ts';
import { deadLetterTopic, observationTopic } from '../src/topic.ts';

test('names and types are those that other services hold', () => {
  assert.deepEqual(
    OBSERVATION_TOPICS.map(({ name, consumer, observedType, deletedType, compacted }) => [
      name,
      consumer,
      observedType,
      deletedType,
      compacted,
    ]),
    [
      [
        'marquee.movie-credits.v1',
        'people',
        'marquee.movie-credits.observed.v1',
        'marquee.movie-credits.deleted.v1',
        true,
      ],
      [
        'marquee.movie-details.v1',
        'movies',
        'marquee.movie-details.observed.v1',
        'marquee.movie-details.deleted.v1',
        true,
      ],
      ['marquee.movie-media.v1', 'movies', 'marquee.movie-media.observed.v1', 'marquee.movie-media.deleted.v1', true],
      [
        'marquee.movie-ratings.v1',
        'ratings',
        'marquee.movie-ratings.observed.v1',
        'marquee.movie-ratings.deleted.v1',
        true,
      ],
      [
        'marquee.person-details.v1',
        'people',
        'marquee.person-details.observed.v1',
        'marquee.person-details.deleted.v1',
        true,
      ],
    ],
  );
  assert.equal(deadLetterTopic('movies').name, 'marquee.movies-dead-letters.v1');
  assert.equal(deadLetterTopic('movies').compacted, true);
});

test('a part of a later version has a topic, types and a schema of that version', () => {
  const { name, observedType, deletedType, dataSchema } = observationTopic('movie-ratings.v2', 'Movie', 'ratings');
  assert.deepEqual(
    [name, observedType, deletedType, dataSchema] satisfies [
      'marquee.movie-ratings.v2',
      'marquee.movie-ratings.observed.v2',
      'marquee.movie-ratings.deleted.v2',
      'https://marquee.example/schemas/movie-ratings.v2.json',
    ],
    [
      'marquee.movie-ratings.v2',
      'marquee.movie-ratings.observed.v2',
      'marquee.movie-ratings.deleted.v2',
      'https://marquee.example/schemas/movie-ratings.v2.json',
    ],
  );
});
