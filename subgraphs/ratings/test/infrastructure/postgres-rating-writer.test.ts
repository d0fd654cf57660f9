import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { applyRatings } from '../../src/application/apply-ratings.ts';
import { postgresRatingWriter } from '../../src/infrastructure/postgres-rating-writer.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';

describe('rating writer', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.pool.query('delete from ratings');
    await database.pool.query('delete from reviews');
  });

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const remove = (movieId: string) =>
    inTransaction(database.pool, (tx) =>
      applyRatings(postgresRatingWriter(tx), { observed: [], deleted: [{ movieId }] }),
    );

  it('stores values as they came in', async () => {
    const told = review('5ec1', {
      author: 'reader',
      authorName: 'A Reader',
      authorUsername: 'reader',
      authorAvatarPath: '/a.jpg',
      rating: 8.5,
      content: 'Ça alors: 千と千尋 🎬\r\n"<b>',
      url: 'https://www.themoviedb.org/review/5ec1',
      createdAt: '2020-05-17T12:34:56.789Z',
      updatedAt: '2021-07-08T09:10:11.001Z',
    });
    await observe(database.pool, [movieOf('11', 8.203, 20624, [told])]);
    const [votes] = await rows('select vote_average, vote_count from ratings');
    assert.deepEqual(votes, { vote_average: 8.203, vote_count: 20624 });
    assert.deepEqual(await rows('select * from reviews'), [
      {
        movie_id: '11',
        id: '5ec1',
        author: 'reader',
        author_name: 'A Reader',
        author_username: 'reader',
        author_avatar_path: '/a.jpg',
        rating: 8.5,
        content: 'Ça alors: 千と千尋 🎬\r\n"<b>',
        url: 'https://www.themoviedb.org/review/5ec1',
        created_at: new Date('2020-05-17T12:34:56.789Z'),
        updated_at: new Date('2021-07-08T09:10:11.001Z'),
        owner: null,
      },
    ]);
  });

  it('scores a movie by its own votes, and one without votes not at all', async () => {
    const votes = [
      [8.203, 20624],
      [10, 1],
      [6.5, 500],
      [7.25, 500],
      [0.5, 2147483647],
    ] as const;
    const movies = votes.map(([average, count], index) => movieOf(`${index}`, average, count));
    await observe(database.pool, [...movies, movieOf('none', null, 0), movieOf('odd', 0, 0)]);
    const scores = new Map((await rows('select * from ratings')).map((row) => [row.movie_id, row.weighted_score]));
    for (const [index, [R, v]] of votes.entries()) {
      const expected = (v / (v + 500)) * R + (500 / (v + 500)) * 6.5;
      assert.ok(Math.abs(scores.get(`${index}`) - expected) < 1e-12, `${v} votes: ${scores.get(`${index}`)}`);
    }
    assert.equal(scores.get('2'), 6.5);
    assert.equal(scores.get('3'), 6.875);
    assert.equal(scores.get('none'), null);
    assert.equal(scores.get('odd'), null);
  });

  it("replaces a movie's votes and reviews as a set, and no other movie's", async () => {
    await observe(database.pool, [
      movieOf('1', 7, 10, [review('stays', { content: 'before' }), review('goes')]),
      movieOf('2', 5, 3, [review('goes')]),
    ]);
    await observe(database.pool, [movieOf('1', 7.5, 11, [review('stays', { content: 'after' }), review('comes')])]);
    assert.deepEqual(await rows('select movie_id, vote_average, vote_count from ratings order by 1'), [
      { movie_id: '1', vote_average: 7.5, vote_count: 11 },
      { movie_id: '2', vote_average: 5, vote_count: 3 },
    ]);
    assert.deepEqual(await rows('select movie_id, id, content from reviews order by 1, 2'), [
      { movie_id: '1', id: 'comes', content: 'What comes says.' },
      { movie_id: '1', id: 'stays', content: 'after' },
      { movie_id: '2', id: 'goes', content: 'What goes says.' },
    ]);
  });

  it('does not write reviews again that are as they were when only votes change', async () => {
    const reviews = [review('a'), review('b', { rating: 7, updatedAt: '2021-01-01T00:00:00Z' })];
    await observe(database.pool, [movieOf('1', 7, 10, reviews)]);
    const before = await rows('select id, ctid, xmin from reviews order by id');
    await observe(database.pool, [movieOf('1', 7.1, 11, reviews)]);
    assert.equal(before.length, 2);
    assert.deepEqual(await rows('select id, ctid, xmin from reviews order by id'), before);
    assert.deepEqual(await rows('select vote_count from ratings'), [{ vote_count: 11 }]);
  });

  it('tolerates a review that is listed twice, in one movie or in two', async () => {
    await observe(database.pool, [
      movieOf('1', 7, 10, [review('a', { content: 'first' }), review('a', { content: 'again' })]),
      movieOf('2', 7, 10, [review('a', { content: 'elsewhere' })]),
    ]);
    assert.deepEqual(await rows('select movie_id, content from reviews order by 1'), [
      { movie_id: '1', content: 'again' },
      { movie_id: '2', content: 'elsewhere' },
    ]);
  });

  it('removes what it knows of a movie that is gone', async () => {
    await observe(database.pool, [movieOf('1', 7, 10, [review('a')]), movieOf('2', 7, 10)]);
    await remove('1');
    assert.deepEqual(await rows('select movie_id from ratings'), [{ movie_id: '2' }]);
    assert.deepEqual(await rows('select id from reviews'), []);
  });

  it('takes six statements for any batch, and at most two more for movies that are new', async () => {
    const many = Array.from({ length: 500 }, (_, id) =>
      movieOf(`many-${id}`, 7, id, [review(`${id}-a`), review(`${id}-b`)]),
    );
    const batches = [
      // Only the movie that is deleted is new, and what is added needs no lock.
      [[], 7],
      [[movieOf('one', 7, 10)], 8],
      [many, 8],
      [many, 6],
    ] as const;
    for (const [movies, expected] of batches) {
      let statements = 0;
      await inTransaction(database.pool, (tx) => {
        const query: typeof tx.query = (...statement) => {
          statements += 1;
          return tx.query(...statement);
        };
        const observed = movies.map((data) => ({ movieId: data.movieId, observedAt: new Date(), data }));
        return applyRatings(postgresRatingWriter({ query }), { observed, deleted: [{ movieId: 'absent' }] });
      });
      assert.equal(statements, expected);
    }
    assert.deepEqual(await rows('select count(*) as count from reviews'), [{ count: 1000 }]);
  });
});
