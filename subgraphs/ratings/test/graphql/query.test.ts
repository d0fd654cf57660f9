import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertForgedCursorsAreRefused } from '@marquee/testing/forged-cursors';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

describe('Query', () => {
  let database: RatingsDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await ratingsDatabase();
    // Fives of movies with the same votes, so that pages end among equal scores.
    const movies = Array.from({ length: 60 }, (_, id) => movieOf(`${id}`, 1 + Math.floor(id / 5) / 2, 1000));
    await observe(database.pool, [
      ...movies,
      movieOf('unseen', null, 0),
      movieOf('278', 8.7, 28000, [review('abc', { authorUsername: 'reader' })]),
    ]);
    subgraph = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const ids = (page: { edges: { node: { id: string } }[] }) => page.edges.map(({ node }) => node.id);

  it('refuses every forged cursor before Postgres sees it', async () => {
    const lists = [
      { query: 'topRated(ARGS) { edges { cursor } }', path: ['topRated'] },
      { query: 'mostVoted(ARGS) { edges { cursor } }', path: ['mostVoted'] },
      { query: 'reviewsByAuthor(username: "reader", ARGS) { edges { cursor } }', path: ['reviewsByAuthor'] },
    ];
    for (const list of lists) await assertForgedCursorsAreRefused((...asked) => subgraph.ask(...asked), list);
  });

  it('charts the best rated movies with their scores', async () => {
    const { topRated } = dataOf(
      await subgraph.ask(`{
        topRated(first: 2) { totalCount edges { score node { id rating { weightedScore } } } pageInfo { hasNextPage hasPreviousPage } }
      }`),
    );
    assert.equal(topRated.totalCount, 61);
    assert.deepEqual(topRated.pageInfo, { hasNextPage: true, hasPreviousPage: false });
    assert.deepEqual(ids(topRated), ['278', '59']);
    assert.equal(topRated.edges[0].score, (28000 * 8.7 + 500 * 6.5) / 28500);
    for (const { score, node } of topRated.edges) assert.equal(score, node.rating.weightedScore);
  });

  it('pages through the chart in both directions, and sees each movie with votes once', async () => {
    const read = async (args: string) =>
      dataOf(
        await subgraph.ask(
          `{ topRated(${args}) { edges { score node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
        ),
      ).topRated;
    let page = await read('first: 13');
    const forward = [...page.edges];
    while (page.pageInfo.hasNextPage) {
      page = await read(`first: 13, after: "${page.pageInfo.endCursor}"`);
      forward.push(...page.edges);
    }
    assert.equal(forward.length, 61);
    assert.equal(new Set(ids({ edges: forward })).size, 61);
    assert.deepEqual(
      forward.map(({ score }) => score),
      forward.map(({ score }) => score).toSorted((a, b) => b - a),
    );
    page = await read('last: 13');
    const backward = [...page.edges];
    while (page.pageInfo.hasPreviousPage) {
      page = await read(`last: 13, before: "${page.pageInfo.startCursor}"`);
      backward.unshift(...page.edges);
    }
    assert.deepEqual(backward, forward);
  });

  it('charts the most voted movies, and the movies that are being voted for', async () => {
    const now = Date.now();
    const hours = (before: number) => new Date(now - before * 3_600_000);
    await observe(
      database.pool,
      [movieOf('hot', 7, 100), movieOf('warm', 7, 100), movieOf('cold', 7, 100)],
      hours(30 * 24),
    );
    await observe(database.pool, [movieOf('cold', 7, 101)], hours(29 * 24));
    await observe(database.pool, [movieOf('hot', 7, 200), movieOf('warm', 7, 150)], hours(1));
    const answer = await subgraph.ask(`{
      mostVoted(first: 2) { totalCount edges { voteCount node { id } } }
      trending { totalCount edges { score node { id rating { voteCount } } } pageInfo { hasNextPage } }
      second: trending(first: 1, filter: { minVotes: 120, score: { max: 7 } }, last: null) { edges { cursor } }
    }`);
    const { mostVoted, trending, second } = dataOf(answer);
    assert.deepEqual(mostVoted, {
      totalCount: 64,
      edges: [
        { voteCount: 28000, node: { id: '278' } },
        { voteCount: 1000, node: { id: '9' } },
      ],
    });
    assert.deepEqual(ids(trending), ['hot', 'warm']);
    assert.equal(trending.totalCount, 2);
    const [hot, warm] = trending.edges;
    assert.ok(hot.score > 10 && hot.score < 100, hot.score);
    assert.ok(Math.abs(hot.score / warm.score - 2) < 1e-6);
    const next = await subgraph.ask(`{ trending(after: "${second.edges[0].cursor}") { edges { node { id } } } }`);
    assert.deepEqual(ids(dataOf(next).trending), ['warm']);
    await database.pool.query(`delete from ratings where movie_id in ('hot', 'warm', 'cold')`);
  });

  it('filters a chart by votes and score', async () => {
    const answer = await subgraph.ask(`{
      voted: topRated(filter: { minVotes: 1001 }) { totalCount edges { node { id } } }
      range: topRated(first: 1, filter: { score: { min: 5, max: 6 } }) { totalCount edges { score } }
      none: mostVoted(filter: { minVotes: 28001 }) { totalCount edges { node { id } } }
      any: mostVoted(first: 1, filter: { score: null }) { totalCount }
    }`);
    const { voted, range, none, any } = dataOf(answer);
    assert.deepEqual([voted.totalCount, ids(voted)], [1, ['278']]);
    assert.ok(range.totalCount > 1 && range.totalCount < 61);
    assert.ok(range.edges[0].score <= 6 && range.edges[0].score >= 5);
    assert.deepEqual(none, { totalCount: 0, edges: [] });
    assert.equal(any.totalCount, 61);
    assert.equal(answer.statements, 8);
  });

  it("lists an author's reviews", async () => {
    const answer = await subgraph.ask(`{
      reviewsByAuthor(username: "reader", first: 1) { totalCount edges { node { id movie { id } } } pageInfo { endCursor } }
      nobody: reviewsByAuthor(username: "nobody") { totalCount edges { cursor } }
    }`);
    const { reviewsByAuthor, nobody } = dataOf(answer);
    assert.equal(reviewsByAuthor.totalCount, 1);
    assert.deepEqual(reviewsByAuthor.edges, [{ node: { id: 'abc', movie: { id: '278' } } }]);
    assert.deepEqual(nobody, { totalCount: 0, edges: [] });
    assert.equal(answer.statements, 4);
  });

  it('takes one statement whatever the page size', async () => {
    for (const size of [1, 100]) {
      const answer = await subgraph.ask(`{ topRated(first: ${size}) { edges { score node { id } } } }`);
      assert.equal(answer.statements, 1);
      for (const field of [`mostVoted(first: ${size})`, `trending(first: ${size}, filter: { minVotes: 5 })`]) {
        assert.equal((await subgraph.ask(`{ ${field} { edges { node { id } } } }`)).statements, 1);
      }
    }
  });

  it('finds a review by id', async () => {
    const { known, unknown } = dataOf(
      await subgraph.ask('{ known: review(id: "abc") { id movie { id } } unknown: review(id: "ABC") { id } }'),
    );
    assert.deepEqual(known, { id: 'abc', movie: { id: '278' } });
    assert.equal(unknown, null);
  });

  it('says what is wrong with a page size or a cursor', async () => {
    for (const args of [
      'first: 101',
      'last: -1',
      'first: 1, before: "x"',
      'after: "no cursor"',
      'filter: { score: { min: 7, max: 6 } }',
      'after: "WyJ0b3AtcmF0ZWQiLCJhIiwiYiJd"',
    ]) {
      assert.equal(codeOf(await subgraph.ask(`{ topRated(${args}) { totalCount } }`)), 'BAD_USER_INPUT', args);
    }
    assert.equal(
      codeOf(await subgraph.ask('{ reviewsByAuthor(username: "\\u0000") { totalCount } }')),
      'BAD_USER_INPUT',
    );
  });

  it('knows nothing of ids that nothing can have', async () => {
    const { data, errors } = await subgraph.ask(
      `query ($id: ID!, $movies: [_Any!]!) {
        zero: review(id: "\\u0000") { id } half: review(id: $id) { id }
        _entities(representations: $movies) { ... on Movie { rating { voteCount } reviews { totalCount } } }
      }`,
      { id: '\ud800', movies: ['\0', '6\ud83d', '278'].map((id) => ({ __typename: 'Movie', id })) },
    );
    assert.equal(errors, undefined);
    const {
      zero,
      half,
      _entities: movies,
    } = data as Record<string, unknown> & { _entities: Record<string, unknown>[] };
    const none = { rating: null, reviews: { totalCount: 0 } };
    assert.deepEqual([zero, half, movies[0], movies[1]], [null, null, none, none]);
    assert.ok(movies[2]?.rating);
  });
});
