import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumedTopics } from '../src/consumed-topics.ts';

test('a subgraph consumes its own topics and the changes that it follows', () => {
  const names = (subgraph: string) => consumedTopics(subgraph).map(({ name }) => name);
  assert.deepEqual(names('movies'), [
    'marquee.movie-details.v1',
    'marquee.movie-media.v1',
    'marquee.people-changes.v1',
    'marquee.ratings-changes.v1',
  ]);
  assert.deepEqual(names('people'), [
    'marquee.movie-credits.v1',
    'marquee.person-details.v1',
    'marquee.movies-changes.v1',
  ]);
  assert.deepEqual(names('gateway'), []);
});
