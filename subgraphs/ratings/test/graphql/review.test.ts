import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeNodeId } from '@marquee/subgraph/node-id';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const full = review('full', {
  author: 'reader',
  authorName: 'A Reader',
  authorUsername: 'reader',
  authorAvatarPath: '/picture.jpg',
  rating: 8.5,
  content: 'Long.',
  url: 'https://www.themoviedb.org/review/full',
  createdAt: '2018-03-04T05:06:07.089Z',
  updatedAt: '2021-07-08T09:10:11.000Z',
});

describe('Review', () => {
  let database: RatingsDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await ratingsDatabase();
    const some = Array.from({ length: 50 }, (_, id) => review(`${id}`));
    await observe(database.pool, [movieOf('11', 8.203, 20624, [full, ...some])]);
    subgraph = await startSubgraph(['serve'], { ...database.env, TMDB_IMAGE_BASE_URL: 'https://images.example/t/p/' });
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const ask = (fields: string, ids: readonly string[]) =>
    subgraph.ask(
      `query ($reviews: [_Any!]!) { _entities(representations: $reviews) { ... on Review { ${fields} } } }`,
      {
        reviews: ids.map((id) => ({ __typename: 'Review', id })),
      },
    );

  it('has every fact, null for what is unknown, and is null when it is unknown itself', async () => {
    const fields = `
      id nodeId author authorName authorUsername authorAvatarUrl original: authorAvatarUrl(size: ORIGINAL) rating content url
      createdAt updatedAt movie { id }`;
    assert.deepEqual(dataOf(await ask(fields, ['full', 'nothing', '7']))._entities, [
      {
        id: 'full',
        nodeId: encodeNodeId('Review', 'full'),
        author: 'reader',
        authorName: 'A Reader',
        authorUsername: 'reader',
        authorAvatarUrl: 'https://images.example/t/p/w185/picture.jpg',
        original: 'https://images.example/t/p/original/picture.jpg',
        rating: 8.5,
        content: 'Long.',
        url: 'https://www.themoviedb.org/review/full',
        createdAt: '2018-03-04T05:06:07.089Z',
        updatedAt: '2021-07-08T09:10:11.000Z',
        movie: { id: '11' },
      },
      null,
      {
        id: '7',
        nodeId: encodeNodeId('Review', '7'),
        author: 'Author 7',
        authorName: null,
        authorUsername: null,
        authorAvatarUrl: null,
        original: null,
        rating: null,
        content: 'What 7 says.',
        url: null,
        createdAt: '2020-05-17T12:00:00.000Z',
        updatedAt: null,
        movie: { id: '11' },
      },
    ]);
  });

  it('takes one statement for a batch', async () => {
    const answer = await ask(
      'content',
      Array.from({ length: 50 }, (_, id) => `${id}`),
    );
    assert.equal(dataOf(answer)._entities.filter(Boolean).length, 50);
    assert.equal(answer.statements, 1);
  });
});
