import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

/** As many as the longest list of reviews that was seen, written a day apart. */
const reviews = Array.from({ length: 53 }, (_, index) =>
  review(`r${index}`, { createdAt: new Date(Date.UTC(2020, 0, 1 + index)).toISOString() }),
);
const many = Array.from({ length: 100 }, (_, id) =>
  movieOf(`${1000 + id}`, 7, id, [review(`${id}-a`), review(`${id}-b`)]),
);

describe('Movie', () => {
  let database: RatingsDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await ratingsDatabase();
    const told = review('5ec1', {
      author: 'reader',
      rating: 8.5,
      content: 'Fine.',
      createdAt: '2020-05-17T12:34:56.789Z',
    });
    await observe(database.pool, [
      movieOf('11', 8.203, 20624, [told]),
      movieOf('12', null, 0),
      movieOf('13', 7, 10, reviews),
      ...many,
    ]);
    subgraph = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const onMovies = (fields: string) => `
    query ($movies: [_Any!]!) { _entities(representations: $movies) { ... on Movie { ${fields} } } }`;
  const ask = (fields: string, ids: readonly string[]) =>
    subgraph.ask(onMovies(fields), { movies: ids.map((id) => ({ __typename: 'Movie', id })) });

  it('has its rating and reviews', async () => {
    const fields = `
      id
      rating { voteAverage voteCount weightedScore }
      reviews(first: 10) { totalCount edges { node { id author rating content createdAt } } }`;
    assert.deepEqual(dataOf(await ask(fields, ['11']))._entities, [
      {
        id: '11',
        rating: { voteAverage: 8.203, voteCount: 20624, weightedScore: (20624 * 8.203 + 500 * 6.5) / 21124 },
        reviews: {
          totalCount: 1,
          edges: [
            {
              node: {
                id: '5ec1',
                author: 'reader',
                rating: 8.5,
                content: 'Fine.',
                createdAt: '2020-05-17T12:34:56.789Z',
              },
            },
          ],
        },
      },
    ]);
  });

  it('has no average without votes, and no rating where nothing is known', async () => {
    const answer = await ask('rating { voteAverage voteCount weightedScore } reviews { totalCount }', [
      '12',
      'unknown',
    ]);
    assert.deepEqual(dataOf(answer)._entities, [
      { rating: { voteAverage: null, voteCount: 0, weightedScore: null }, reviews: { totalCount: 0 } },
      { rating: null, reviews: { totalCount: 0 } },
    ]);
    assert.equal((await ask('id', ['unknown'])).statements, 0);
  });

  it('pages through its reviews, the newest first, in both directions, and sees each once', async () => {
    const read = async (args: string) =>
      dataOf(
        await ask(
          `reviews(${args}) {
            totalCount edges { node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          }`,
          ['13'],
        ),
      )._entities[0].reviews;
    const ids = (page: { edges: { node: { id: string } }[] }) => page.edges.map(({ node }) => node.id);
    const newestFirst = reviews.map(({ id }) => id).toReversed();

    let page = await read('first: 20');
    const forward = ids(page);
    assert.equal(page.totalCount, 53);
    while (page.pageInfo.hasNextPage) {
      page = await read(`first: 20, after: "${page.pageInfo.endCursor}"`);
      forward.push(...ids(page));
    }
    assert.deepEqual(forward, newestFirst);

    page = await read('last: 20');
    const backward = ids(page);
    while (page.pageInfo.hasPreviousPage) {
      page = await read(`last: 20, before: "${page.pageInfo.startCursor}"`);
      backward.unshift(...ids(page));
    }
    assert.deepEqual(backward, newestFirst);
  });

  it('filters and sorts its reviews', async () => {
    const fields = `
      best: reviews(first: 1, orderBy: { field: RATING }) { totalCount edges { node { rating } } }
      oldest: reviews(first: 1, orderBy: { field: CREATED_AT, direction: ASC }) { edges { node { id } } }
      rated: reviews(filter: { rating: { min: 8, max: 9 } }) { totalCount edges { node { id } } }
      worse: reviews(filter: { rating: { max: 8 } }) { totalCount edges { node { id } } }`;
    assert.deepEqual(dataOf(await ask(fields, ['11', '13']))._entities, [
      {
        best: { totalCount: 1, edges: [{ node: { rating: 8.5 } }] },
        oldest: { edges: [{ node: { id: '5ec1' } }] },
        rated: { totalCount: 1, edges: [{ node: { id: '5ec1' } }] },
        worse: { totalCount: 0, edges: [] },
      },
      {
        best: { totalCount: 53, edges: [{ node: { rating: null } }] },
        oldest: { edges: [{ node: { id: 'r0' } }] },
        rated: { totalCount: 0, edges: [] },
        worse: { totalCount: 0, edges: [] },
      },
    ]);
  });

  it('takes as many statements for a hundred movies as for one', async () => {
    const fields = 'rating { voteAverage } reviews(first: 5) { totalCount edges { node { content movie { id } } } }';
    const ids = many.map(({ movieId }) => movieId);
    const one = await ask(fields, ids.slice(0, 1));
    const hundred = await ask(fields, ids);
    assert.equal(dataOf(hundred)._entities.length, 100);
    assert.deepEqual([one.statements, hundred.statements], [3, 3]);
    assert.equal((await ask('rating { voteCount }', ids)).statements, 1);
  });

  it('says what is wrong with a page size or a cursor', async () => {
    for (const args of [
      'first: 101',
      'last: -1',
      'first: 1, last: 1',
      'after: "no cursor"',
      'before: "WyJyZXZpZXdzIl0"',
      'filter: { rating: { min: 2, max: 1 } }',
    ]) {
      assert.equal(codeOf(await ask(`reviews(${args}) { edges { cursor } }`, ['13'])), 'BAD_USER_INPUT', args);
    }
  });
});
