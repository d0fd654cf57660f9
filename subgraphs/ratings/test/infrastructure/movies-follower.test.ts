import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { EntityChange } from '@marquee/events/change-codec';
import { inTransaction } from '@marquee/postgres/transaction';
import { followingMovies } from '../../src/infrastructure/movies-follower.ts';
import { handleRatings } from '../../src/infrastructure/ratings-handler.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { film, review } from '../fixtures/ratings.ts';

describe('following which films there are', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    for (const table of ['ratings', 'reviews', 'deleted_movies', 'outbox', 'entity_versions'])
      await database.pool.query(`delete from ${table}`);
  });

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const lines = async (sql: string) => (await database.pool.query<{ line: string }>(sql)).rows.map(({ line }) => line);
  const shown = () =>
    lines(`select movie_id || ' ' || vote_average || ' ' || vote_count as line from ratings
      union all select movie_id || ' ' || id from reviews order by 1`);
  /** What is announced, and no more: the outbox is empty afterwards. */
  const announced = () =>
    lines(`with sent as (delete from outbox returning *)
      select entity || ' ' || entity_id || ' ' || version || ' ' || change || ' ' || tags as line from sent order by seq`);

  function change(entityId: string, kind: EntityChange['change']): EntityChange<'movies'> {
    const about = { eventId: 'event', occurredAt: new Date(), entity: 'Movie', version: 1, tags: [] } as const;
    return { ...about, entityId, change: kind, facts: kind === 'deleted' ? null : {} };
  }
  const follow = (...changes: EntityChange<'movies'>[]) =>
    inTransaction(database.pool, (tx) => followingMovies.handler(tx, changes));
  const forget = (movieId: string) =>
    inTransaction(database.pool, (tx) =>
      handleRatings(tx, { observed: [], deleted: [{ movieId, observedAt: new Date() }] }),
    );

  it('announces votes with what others need of them, and reviews', async () => {
    await observe(database.pool, [film('11', 8, 500, [review('a')]), film('12', null, 0)]);
    assert.deepEqual(await rows('select entity, entity_id, facts from outbox order by seq'), [
      { entity: 'Rating', entity_id: '11', facts: { votes: { voteAverage: 8, voteCount: 500, weightedScore: 7.25 } } },
      { entity: 'Rating', entity_id: '12', facts: { votes: { voteAverage: null, voteCount: 0, weightedScore: null } } },
      { entity: 'Review', entity_id: 'a', facts: { votes: null } },
    ]);
    assert.deepEqual(await announced(), [
      'Rating 11 1 created ["movie-11", "ratings"]',
      'Rating 12 1 created ["movie-12", "ratings"]',
      'Review a 1 created ["review-a", "movie-11"]',
    ]);
    await observe(database.pool, [film('11', 8, 501, [review('a'), review('b')])]);
    assert.deepEqual(await announced(), [
      'Rating 11 2 updated ["movie-11", "ratings"]',
      'Review b 1 created ["review-b", "movie-11"]',
    ]);
    await forget('11');
    assert.deepEqual(await announced(), [
      'Rating 11 3 deleted ["movie-11", "ratings"]',
      'Review a 2 deleted ["review-a", "movie-11"]',
      'Review b 2 deleted ["review-b", "movie-11"]',
    ]);
  });

  it('a review that two films tell is announced once, and is not gone while one of them tells it', async () => {
    await observe(database.pool, [film('11', 8, 1, [review('a')]), film('12', 8, 1, [review('a')])]);
    assert.ok((await announced()).includes('Review a 1 created ["review-a", "movie-11", "movie-12"]'));
    await observe(database.pool, [film('11', 8, 1), film('12', 8, 1, [review('a', { content: 'Changed.' })])]);
    assert.deepEqual(await announced(), ['Review a 2 updated ["review-a", "movie-11", "movie-12"]']);
  });

  it('takes votes and reviews of a deleted film out of sight, and shows them again when it is there again', async () => {
    const told = review('a', { rating: 8.5, content: '千と千尋', updatedAt: '2021-07-08T09:10:11.001Z' });
    await observe(database.pool, [film('11', 8.2, 500, [told]), film('12', 7, 10)]);
    const [votes, reviews] = [
      'select movie_id, vote_average, vote_count from ratings order by 1',
      'select * from reviews',
    ];
    const before = [await rows(votes), await rows(reviews)];
    await follow(change('11', 'deleted'), change('12', 'updated'));
    await follow(change('11', 'deleted'));
    assert.deepEqual(await shown(), ['12 7 10']);
    await announced();
    await follow(change('11', 'created'));
    assert.deepEqual([await rows(votes), await rows(reviews)], before);
    assert.deepEqual(await announced(), [
      'Rating 11 3 created ["movie-11", "ratings"]',
      'Review a 3 created ["review-a", "movie-11"]',
    ]);
  });

  it('what becomes known of a deleted film waits until it is there again', async () => {
    await follow(change('11', 'deleted'));
    await observe(database.pool, [film('11', 8, 500, [review('a')])]);
    await observe(database.pool, [film('11', 8, 501, [review('b')])]);
    assert.deepEqual([await shown(), await announced()], [[], []]);
    await follow(change('11', 'created'));
    assert.deepEqual(await shown(), ['11 8 501', '11 b']);
  });

  it('what is deleted while the film is gone does not come back with it', async () => {
    await observe(database.pool, [film('11', 8, 500, [review('a')])]);
    await follow(change('11', 'deleted'));
    await forget('11');
    await follow(change('11', 'created'));
    assert.deepEqual(await shown(), []);
  });

  it('whatever order votes and deletions of many films commit in, no deleted film is shown', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `${n}`);
    await Promise.all(ids.flatMap((id) => [observe(database.pool, [film(id, 7, 10)]), follow(change(id, 'deleted'))]));
    assert.deepEqual(await shown(), []);
    await follow(...ids.map((id) => change(id, 'created')));
    assert.equal((await shown()).length, ids.length, 'and nothing was lost');
  });
});
