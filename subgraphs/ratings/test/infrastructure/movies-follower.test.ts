import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { EntityChange } from '@marquee/events/change-codec';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieRatings } from '../../src/infrastructure/movie-ratings-handler.ts';
import { followingMovies } from '../../src/infrastructure/movies-follower.ts';
import { postgresMutations } from '../../src/infrastructure/postgres-mutations.ts';
import { postgresRatingStore } from '../../src/infrastructure/postgres-rating-store.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';

const WRITTEN = ['user_ratings', 'user_reviews', 'moderated_reviews', 'withheld_reviews', 'movies'];
const user = { subject: 'user', isModerator: true };
const call = { subject: 'user', mutation: 'test', idempotencyKey: null, request: {} };

describe('following which movies there are', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    for (const table of ['ratings', 'reviews', 'deleted_movies', 'outbox', 'entity_versions', ...WRITTEN])
      await database.pool.query(`delete from ${table}`);
  });

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const lines = async (sql: string) => (await database.pool.query<{ line: string }>(sql)).rows.map(({ line }) => line);
  const shown = () =>
    lines(`select movie_id || ' ' || vote_average || ' ' || vote_count as line from ratings
      union all select movie_id || ' ' || id from reviews order by 1`);
  /** Returns the outbox and empties it. */
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
      handleMovieRatings(tx, { observed: [], deleted: [{ subject: movieId, observedAt: new Date() }] }),
    );

  it('announces votes with what others need of them, and reviews', async () => {
    await observe(database.pool, [movieOf('11', 8, 500, [review('a')]), movieOf('12', null, 0)]);
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
    await observe(database.pool, [movieOf('11', 8, 501, [review('a'), review('b')])]);
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

  it('a review that two movies tell is announced once, and is not gone while one of them tells it', async () => {
    await observe(database.pool, [movieOf('11', 8, 1, [review('a')]), movieOf('12', 8, 1, [review('a')])]);
    assert.ok((await announced()).includes('Review a 1 created ["review-a", "movie-11", "movie-12"]'));
    await observe(database.pool, [movieOf('11', 8, 1), movieOf('12', 8, 1, [review('a', { content: 'Changed.' })])]);
    assert.deepEqual(await announced(), ['Review a 2 updated ["review-a", "movie-11", "movie-12"]']);
  });

  it('takes votes and reviews of a deleted movie out of sight, and shows them again when it is there again', async () => {
    const told = review('a', { rating: 8.5, content: '千と千尋', updatedAt: '2021-07-08T09:10:11.001Z' });
    await observe(database.pool, [movieOf('11', 8.2, 500, [told]), movieOf('12', 7, 10)]);
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

  it('what becomes known of a deleted movie waits until it is there again', async () => {
    await follow(change('11', 'deleted'));
    await observe(database.pool, [movieOf('11', 8, 500, [review('a')])]);
    await observe(database.pool, [movieOf('11', 8, 501, [review('b')])]);
    assert.deepEqual([await shown(), await announced()], [[], []]);
    await follow(change('11', 'created'));
    assert.deepEqual(await shown(), ['11 8 501', '11 b']);
  });

  it('what is deleted while the movie is gone does not come back with it', async () => {
    await observe(database.pool, [movieOf('11', 8, 500, [review('a')])]);
    await follow(change('11', 'deleted'));
    await forget('11');
    await follow(change('11', 'created'));
    assert.deepEqual(await shown(), []);
  });

  it('whatever order votes and deletions of many movies commit in, no deleted movie is shown', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `${n}`);
    await Promise.all(
      ids.flatMap((id) => [observe(database.pool, [movieOf(id, 7, 10)]), follow(change(id, 'deleted'))]),
    );
    assert.deepEqual(await shown(), []);
    await follow(...ids.map((id) => change(id, 'created')));
    assert.equal((await shown()).length, ids.length, 'and nothing was lost');
  });

  it('knows which movies there are, told again or not', async () => {
    await follow(change('11', 'created'), change('12', 'created'));
    await follow(change('11', 'updated'), change('13', 'created'));
    await follow(change('12', 'deleted'));
    assert.deepEqual(await rows('select id from movies order by 1'), [{ id: '11' }, { id: '13' }]);
  });

  const mutations = () => postgresMutations(database.pool);
  const rate = (movieId: string, value: number | null, subject = 'user') =>
    mutations().rateMovies({ ...call, subject }, [{ movieId, value }]);
  const write = async (movieId: string, content: string) => {
    const outcome = await mutations().changeReviews(call, user, [{ kind: 'create', movieId, input: { content } }]);
    assert.ok('done' in outcome);
    return outcome.done[0]?.id as string;
  };
  const seen = (movieId: string) =>
    rows(`select total_count, total_average, user_vote_count, round(heat::numeric, 6)::float8 as heat,
        (select array_agg(id || ': ' || content order by id) from reviews where movie_id = '${movieId}') as reviews
      from ratings where movie_id = '${movieId}'`);
  const given = async () => [
    ...(await postgresRatingStore(database.pool).givenBy('user', ['11', '12'])).keys(),
    await postgresRatingStore(database.pool).countGivenBy('user', true),
  ];

  it('what users gave and wrote goes out of sight with a movie, and comes back with it, in whatever order it was told', async () => {
    const tell = () => observe(database.pool, [movieOf('11', 8, 100, [review('a'), review('b')])]);
    const gone = () => follow(change('11', 'deleted'));
    const back = () => follow(change('11', 'created'));
    const orders = [
      [gone, back],
      [gone, tell, back],
      [gone, back, tell],
      [gone, gone, tell, back, back],
      [gone, () => forget('11'), tell, back],
    ];
    await follow(change('11', 'created'), change('12', 'created'));
    await tell();
    await rate('11', 4);
    await rate('11', 5, 'other');
    await rate('12', 9);
    const id = await write('11', 'Mine.');
    await write('12', 'Of the other.');
    const moderated = await mutations().changeReviews(call, user, [{ kind: 'delete', id: 'b', version: 1 }]);
    assert.ok('done' in moderated);
    const whole = await seen('11');
    assert.deepEqual(whole[0].reviews, [`${id}: Mine.`, 'a: What a says.'].sort());
    assert.equal(whole[0].total_count, 102);
    for (const order of orders) {
      await gone();
      await announced();
      assert.deepEqual([await seen('11'), await given()], [[], ['12', 1]]);
      for (const result of [await rate('11', 7), await rate('11', null)]) {
        assert.ok('refused' in result && result.refused.kind === 'notFound' && result.refused.what === 'movie');
      }
      for (const step of order) await step();
      assert.deepEqual([await seen('11'), await given()], [whole, ['11', '12', 2]]);
      const told = await announced();
      assert.equal(told.filter((line) => line.startsWith('Rating 11')).length, told.length - 2, 'and two reviews');
    }
  });

  it('a movie of which TMDb says nothing comes back with what users gave it', async () => {
    await follow(change('12', 'created'));
    await rate('12', 9);
    const id = await write('12', 'Mine.');
    const whole = await seen('12');
    await follow(change('12', 'deleted'));
    await announced();
    assert.deepEqual(await seen('12'), []);
    await follow(change('12', 'created'));
    assert.deepEqual(await seen('12'), whole);
    assert.deepEqual(await announced(), [
      'Rating 12 3 created ["movie-12", "ratings"]',
      `Review ${id} 3 created ["review-${id}", "movie-12"]`,
    ]);
    await forget('12');
    assert.deepEqual(await seen('12'), whole, 'and stays when TMDb deletes what it never had');
  });

  it('whatever order ratings, observations and deletions of a movie commit in, no vote is lost', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `${n}`);
    await follow(...ids.map((id) => change(id, 'created')));
    const results = await Promise.all(
      ids.flatMap((id) => [
        rate(id, 5),
        rate(id, 6, 'other'),
        observe(database.pool, [movieOf(id, 7, 10)]),
        follow(change(id, 'deleted')),
      ]),
    );
    const taken = results.filter((result) => result !== undefined && 'done' in result).length;
    assert.deepEqual(await rows('select from ratings'), []);
    await follow(...ids.map((id) => change(id, 'created')));
    assert.deepEqual(
      await rows('select sum(user_vote_count)::int as votes, sum(vote_count)::int as told from ratings'),
      [{ votes: taken, told: 200 }],
    );
    assert.deepEqual(await rows('select count(*)::int as count from user_ratings'), [{ count: taken }]);
  });
});
