import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { codeOf, dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { film, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

describe('Query', () => {
  let database: RatingsDatabase;
  let subgraph: RunningSubgraph;
  before(async () => {
    database = await ratingsDatabase();
    // Fives of films with the same votes, so that pages end among equal scores.
    const films = Array.from({ length: 60 }, (_, id) => film(`${id}`, 1 + Math.floor(id / 5) / 2, 1000));
    await observe(database.pool, [...films, film('unseen', null, 0), film('278', 8.7, 28000, [review('abc')])]);
    subgraph = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    await subgraph?.stop();
    await database?.drop();
  });

  const ids = (page: { edges: { node: { id: string } }[] }) => page.edges.map(({ node }) => node.id);

  it('charts the best rated films with their scores', async () => {
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

  it('pages through the chart in both directions, and sees each film with votes once', async () => {
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

  it('takes one statement whatever the page size', async () => {
    for (const size of [1, 100]) {
      const answer = await subgraph.ask(`{ topRated(first: ${size}) { edges { score node { id } } } }`);
      assert.equal(answer.statements, 1);
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
      'after: "WyJ0b3AtcmF0ZWQiLCJhIiwiYiJd"',
    ]) {
      assert.equal(codeOf(await subgraph.ask(`{ topRated(${args}) { totalCount } }`)), 'BAD_USER_INPUT', args);
    }
    assert.equal(codeOf(await subgraph.ask('{ review(id: "\\u0000") { id } }')), 'BAD_USER_INPUT');
  });
});
