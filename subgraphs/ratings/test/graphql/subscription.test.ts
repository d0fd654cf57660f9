import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '@marquee/testing/event-log';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { moderator, user } from '../fixtures/clients.ts';
import { type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));
const writer = user('writer@example.org');

describe('subscriptions of ratings', () => {
  let database: RatingsDatabase;
  let log: TestEventLog<'movie-ratings'>;
  let ratings: RunningSubgraph;
  before(async () => {
    database = await ratingsDatabase();
    log = await testEventLog(database, MOVIE_RATINGS);
    ratings = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
    await database.pool.query(`insert into movies (id) values ('603'), ('604')`);
  });
  after(async () => {
    assert.equal(await ratings?.stop(), 0);
    await log?.eventLog.close();
    await database?.drop();
  });

  it('ratingChanged has votes of TMDb, of users, and their deletion', async () => {
    const stream = await ratings.subscribe(
      `subscription { ratingChanged(movieIds: ["603"]) { kind movieId rating { voteCount userVoteCount } movie { id viewerRating { value } } } }`,
      {},
      writer,
    );
    const next = async () => (await stream.data()).ratingChanged;
    const common = { movieId: '603' };
    await log.publish([movieOf('604', 7, 3), movieOf('603', 8, 10)], at(1));
    const unrated = { id: '603', viewerRating: null };
    const [first, second] = [
      { voteCount: 10, userVoteCount: 0 },
      { voteCount: 11, userVoteCount: 1 },
    ];
    assert.deepEqual(await next(), { ...common, kind: 'CREATED', rating: first, movie: unrated });
    await ratings.ask('mutation { rateMovie(movieId: "603", value: 9) { __typename } }', {}, writer);
    const rated = { id: '603', viewerRating: { value: 9 } };
    assert.deepEqual(await next(), { ...common, kind: 'UPDATED', rating: second, movie: rated });
    await ratings.ask('mutation { unrateMovie(movieId: "603") { __typename } }', {}, writer);
    assert.deepEqual(await next(), { ...common, kind: 'UPDATED', rating: first, movie: unrated });
    await log.publishDeleted(['603'], at(2));
    assert.deepEqual(await next(), { ...common, kind: 'DELETED', rating: null, movie: unrated });
    stream.close();
  });

  it('reviewAdded has new reviews of its movie, and those that a moderator shows again', async () => {
    const stream = await ratings.subscribe(
      'subscription { reviewAdded(movieId: "604") { kind reviewId review { id author isMine movie { id } } } }',
      {},
      writer,
    );
    const next = async () => (await stream.data()).reviewAdded;
    const other = movieOf('603', 8, 10, [review('elsewhere')]);
    await log.publish([other, movieOf('604', 7, 3, [review('tmdb')])], at(3));
    const movie = { id: '604' };
    const fromTmdb = { id: 'tmdb', author: 'Author tmdb', isMine: false, movie };
    assert.deepEqual(await next(), { kind: 'CREATED', reviewId: 'tmdb', review: fromTmdb });
    const created = dataOf(
      await ratings.ask(
        `mutation { createReview(input: { movieId: "604", content: "Good.", author: "W" }) { ... on Review { id version } } }`,
        {},
        writer,
      ),
    ).createReview;
    const own = { id: created.id, author: 'W', isMine: true, movie };
    assert.deepEqual(await next(), { kind: 'CREATED', reviewId: created.id, review: own });
    const hide =
      'mutation ($id: ID!, $version: Int!) { result: deleteReview(id: $id, version: $version) { ... on DeletedReview { version } } }';
    const { version } = dataOf(await ratings.ask(hide, { id: 'tmdb', version: 1 }, moderator)).result;
    await ratings.ask(
      hide.replace('deleteReview', 'releaseReview').replace('DeletedReview', 'ReleasedReview'),
      { id: 'tmdb', version },
      moderator,
    );
    assert.deepEqual(await next(), { kind: 'CREATED', reviewId: 'tmdb', review: fromTmdb });
    stream.close();
  });
});
