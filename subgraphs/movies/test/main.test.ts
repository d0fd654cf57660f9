import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MOVIE_DETAILS } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '@marquee/testing/event-log';
import { eventually } from '@marquee/testing/eventually';
import { describeMistakes } from '@marquee/testing/scenarios/command-line';
import { surviveKills } from '@marquee/testing/scenarios/killed-consumer';
import { itMigrates } from '@marquee/testing/scenarios/migrations';
import { describeOutages } from '@marquee/testing/scenarios/outages';
import { itAnswersTheGatewayAlone } from '@marquee/testing/scenarios/trust';
import { dataOf } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase } from './fixtures/database.ts';
import { AMELIE, movieOf, THE_MATRIX, THE_MATRIX_RELOADED } from './fixtures/movies.ts';
import { movies, startSubgraph } from './fixtures/subgraph.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

itMigrates(movies, 'movies');
itAnswersTheGatewayAlone(movies);
describeMistakes(movies);
describeOutages(movies, MOVIE_DETAILS, 'movie(id: "603")');

describe('consume', () => {
  let database: MoviesDatabase;
  let log: TestEventLog<'movie-details'>;
  before(async () => {
    database = await moviesDatabase();
    log = await testEventLog(database, MOVIE_DETAILS);
  });
  after(async () => {
    await log.eventLog.close();
    await database.drop();
  });

  it('brings events to clients: observed, observed again, out of order, deleted', async () => {
    const api = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
    const tagline = async (id: string) =>
      dataOf(await api.ask('query ($id: ID!) { movie(id: $id) { tagline } }', { id })).movie;
    try {
      await log.publish([THE_MATRIX, AMELIE], at(2));
      await eventually(async () => assert.deepEqual(await tagline('603'), { tagline: 'Free your mind.' }));
      await log.publish([{ ...THE_MATRIX, tagline: 'older' }], at(1));
      await log.publish([{ ...AMELIE, tagline: 'newer' }], at(3));
      await eventually(async () => assert.deepEqual(await tagline('194'), { tagline: 'newer' }));
      await log.publishDeleted(['603'], at(4));
      await eventually(async () => assert.equal(await tagline('603'), null));
      await log.publish([{ ...THE_MATRIX, tagline: 'seen before the deletion' }], at(3));
      await log.publish([THE_MATRIX_RELOADED], at(5));
      await eventually(async () => assert.notEqual(await tagline('604'), null));
      assert.equal(await tagline('603'), null);
    } finally {
      assert.equal(await api.stop(), 0);
    }
  });

  it('puts aside what is no event, and goes on', async () => {
    const api = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
    try {
      const [key, value] = [Buffer.from('42'), Buffer.from('{ not JSON')];
      await log.eventLog.publish(MOVIE_DETAILS.name, [{ key, value, headers: {} }]);
      await log.publish([movieOf('42', { title: 'After It' })], at(1));
      await eventually(async () => {
        const { movie } = dataOf(await api.ask('{ movie(id: "42") { title } }'));
        assert.deepEqual(movie, { title: 'After It' });
      });
      assert.equal(await log.count('marquee.movies-dead-letters.v1'), 1n);
    } finally {
      assert.equal(await api.stop(), 0);
    }
  });
});

it('a consumer that is killed ends, restarted, in the state of one that was not', { timeout: 120_000 }, async () => {
  const state = await surviveKills(movies, {
    topic: MOVIE_DETAILS,
    writes: 'movie',
    volatile: ['updated_at'],
    summed: { movie_count: 'films' },
    publish: async (log) => {
      const ids = Array.from({ length: 600 }, (_, index) => `${index + 1}`);
      for (let round = 0; round < 4; round += 1) {
        const movies = ids.map((id) => ({
          ...THE_MATRIX,
          movieId: id,
          title: `Movie ${id}, seen ${round}`,
          genres: THE_MATRIX.genres.map((genre) => ({ ...genre, name: `${genre.name} ${round}` })),
          releases: THE_MATRIX.releases.slice(round % 3),
        }));
        await log.publish(movies, at(round));
      }
      await log.publishDeleted(ids.slice(0, 20), at(10));
    },
  });
  assert.equal(state.movies?.length, 580);
});
