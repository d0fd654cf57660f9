import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '@marquee/testing/event-log';
import { eventually } from '@marquee/testing/eventually';
import { describeMistakes } from '@marquee/testing/scenarios/command-line';
import { surviveKills } from '@marquee/testing/scenarios/killed-consumer';
import { itMigrates } from '@marquee/testing/scenarios/migrations';
import { describeOutages } from '@marquee/testing/scenarios/outages';
import { itAnswersTheGatewayAlone } from '@marquee/testing/scenarios/trust';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { moderator } from './fixtures/clients.ts';
import { type RatingsDatabase, ratingsDatabase } from './fixtures/database.ts';
import { movieOf, review } from './fixtures/ratings.ts';
import { ratings, startSubgraph } from './fixtures/subgraph.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

itMigrates(ratings, 'topRated');
itAnswersTheGatewayAlone(ratings);
describeMistakes(ratings);
describeOutages(ratings, MOVIE_RATINGS, 'review(id: "1")');

describe('consume', () => {
  let database: RatingsDatabase;
  let log: TestEventLog<'movie-ratings'>;
  let api: RunningSubgraph;
  before(async () => {
    database = await ratingsDatabase();
    log = await testEventLog(database, MOVIE_RATINGS);
    api = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
  });
  after(async () => {
    assert.equal(await api?.stop(), 0);
    await log?.eventLog.close();
    await database?.drop();
  });

  const known = async (movieId: string) => {
    const query = `query ($movies: [_Any!]!) {
      _entities(representations: $movies) { ... on Movie { rating { voteCount } reviews { edges { node { id } } } } }
    }`;
    const { _entities } = dataOf(await api.ask(query, { movies: [{ __typename: 'Movie', id: movieId }] }));
    const { rating, reviews } = _entities[0];
    return [rating?.voteCount, ...reviews.edges.map(({ node }: { node: { id: string } }) => node.id)];
  };

  it('brings events to clients: observed, observed again, out of order, deleted', async () => {
    await log.publish([movieOf('603', 8.2, 100, [review('a')]), movieOf('604', 7, 50)], at(2));
    await eventually(async () => assert.deepEqual(await known('603'), [100, 'a']));
    await log.publish([movieOf('603', 8.1, 90, [review('older')])], at(1));
    await log.publish(
      [movieOf('604', 7.1, 51, [review('b'), review('c', { createdAt: '2021-01-01T00:00:00Z' })])],
      at(3),
    );
    await eventually(async () => assert.deepEqual(await known('604'), [51, 'c', 'b']));
    assert.deepEqual(await known('603'), [100, 'a']);
    await log.publishDeleted(['603'], at(4));
    await eventually(async () => assert.deepEqual(await known('603'), [undefined]));
    await log.publish([movieOf('603', 8.2, 100, [review('seen before the deletion')])], at(3));
    await log.publish([movieOf('605', null, 0)], at(5));
    await eventually(async () => assert.deepEqual(await known('605'), [0]));
    assert.deepEqual(await known('603'), [undefined]);
  });

  it('what users said, and what a moderator took away, outlasts events: observed, deleted, observed again', async () => {
    const movie606 = (votes: number, content: string) =>
      log.publish([movieOf('606', 7, votes, [review('kept', { content }), review('taken', { content })])], at(votes));
    await movie606(10, 'Before.');
    await eventually(async () => assert.deepEqual((await known('606'))[0], 10));
    const mutation = `mutation {
      rateMovie(movieId: "606", value: 1) { __typename }
      deleteReview(id: "taken", version: 1) { ... on DeletedReview { version } }
      createReview(input: { movieId: "606", content: "Mine." }) { ... on Review { id } }
    }`;
    const { deleteReview, createReview } = dataOf(await api.ask(mutation, {}, moderator));
    assert.deepEqual(deleteReview, { version: 2 });
    const mine = createReview.id;
    assert.deepEqual(await known('606'), [11, mine, 'kept']);
    await movie606(20, 'After.');
    await eventually(async () => assert.deepEqual(await known('606'), [21, mine, 'kept']));
    await log.publishDeleted(['606'], at(21));
    await eventually(async () => assert.deepEqual(await known('606'), [1, mine]));
    await movie606(22, 'Again.');
    await eventually(async () => assert.deepEqual(await known('606'), [23, mine, 'kept']));
    const release =
      'mutation { releaseReview(id: "taken", version: 2) { ... on ReleasedReview { review { content } } } }';
    assert.equal(dataOf(await api.ask(release, {}, moderator)).releaseReview.review.content, 'Again.');
  });

  it('puts aside what is no event, and goes on', async () => {
    const [key, value] = [Buffer.from('42'), Buffer.from('{ not JSON')];
    await log.eventLog.publish(MOVIE_RATINGS.name, [{ key, value, headers: {} }]);
    await log.publish([movieOf('42', 6.8, 42, [review('x')])], at(1));
    await eventually(async () => assert.deepEqual(await known('42'), [42, 'x']));
    assert.equal(await log.count('marquee.ratings-dead-letters.v1'), 1n);
  });
});

it('a consumer that is killed ends, restarted, in the state of one that was not', { timeout: 120_000 }, async () => {
  const state = await surviveKills(ratings, {
    topic: MOVIE_RATINGS,
    writes: 'ratings|reviews',
    publish: async (log) => {
      const ids = Array.from({ length: 240 }, (_, index) => index + 1);
      for (let round = 0; round < 4; round += 1) {
        const movies = ids.map((id) =>
          movieOf(
            `${id}`,
            5 + ((id + round) % 50) / 10,
            id * 10 + round,
            Array.from({ length: 5 + round }, (_, index) =>
              review(`${id}-${(index + round) % 7}`, { content: `Seen ${Math.max(0, round - index)}` }),
            ),
          ),
        );
        await log.publish(movies, at(round));
      }
      await log.publishDeleted(ids.slice(0, 30).map(String), at(10));
    },
  });
  assert.equal(state.ratings?.length, 210);
  assert.equal(state.reviews?.length, 210 * 7);
});
