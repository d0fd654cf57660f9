import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '@marquee/testing/random';
import { recentVotes } from '../../src/domain/trend.ts';
import { postgresRatingStore } from '../../src/infrastructure/postgres-rating-store.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/ratings.ts';

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;
const START = Date.UTC(2026, 0, 1);
const NOW = new Date(START + 20 * WEEK);
const any = { minVotes: null, minScore: null, maxScore: null, minHeat: null };

interface Count {
  readonly at: number;
  readonly votes: number;
}

/** The formula as it is written down: gains hour by hour, each halved for every week since. */
function naive(counts: readonly Count[]): number {
  let sum = 0;
  for (const [index, { at, votes }] of counts.entries()) {
    const last = counts[index - 1];
    if (last === undefined || votes <= last.votes) continue;
    const steps = Math.max(1, Math.round((at - last.at) / HOUR)) * 20;
    for (let step = 0; step < steps; step++) {
      const moment = last.at + ((step + 0.5) / steps) * (at - last.at);
      sum += ((votes - last.votes) / steps) * 2 ** (-(NOW.getTime() - moment) / WEEK);
    }
  }
  return sum;
}

describe('heat', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
  });
  after(() => database.drop());

  it('is what the formula says, whatever the counts were and however far apart', async () => {
    const random = seededRandom(41);
    const expected = new Map<string, number>();
    for (let id = 0; id < 12; id++) {
      const counts: Count[] = [{ at: START, votes: random.below(1_000) }];
      for (let n = random.below(6); n > 0; n--) {
        const { at, votes } = counts.at(-1) as Count;
        counts.push({
          at: at + random.one([HOUR, 5 * HOUR, WEEK, 3 * WEEK]),
          votes: Math.max(0, votes - 100 + random.below(400)),
        });
      }
      for (const { at, votes } of counts) {
        await observe(database.pool, [movieOf(`${id}`, votes === 0 ? null : 7, votes)], new Date(at));
      }
      expected.set(`${id}`, naive(counts));
    }
    const chart = await postgresRatingStore(database.pool).chart('heat', any, {
      limit: 100,
      backward: false,
      cursor: null,
    });
    const found = new Map(chart.map(({ movieId, value }) => [movieId, recentVotes(value, NOW)]));
    let warm = 0;
    for (const [id, score] of expected) {
      const difference = Math.abs((found.get(id) ?? 0) - score);
      assert.ok(difference <= score / 1e4 + 1e-9, `${id}: ${found.get(id)} instead of ${score}`);
      warm += score > 0 ? 1 : 0;
    }
    assert.ok(warm >= 6);
    assert.equal(found.size, warm);
  });

  it('needs two counts, is not cooled by votes taken back, and is gone with the movie', async () => {
    const heat = async () =>
      (await database.pool.query(`select heat, vote_count from ratings where movie_id = 'x'`)).rows[0];
    await observe(database.pool, [movieOf('x', 7, 100)], new Date(START));
    assert.deepEqual(await heat(), { heat: null, vote_count: 100 });
    await observe(database.pool, [movieOf('x', 7, 164)], new Date(START));
    const { heat: warm } = await heat();
    assert.ok(Math.abs(warm - (START / WEEK + 6)) < 1e-9);
    await observe(database.pool, [movieOf('x', 7, 4)], new Date(START + WEEK));
    assert.deepEqual(await heat(), { heat: warm, vote_count: 4 });
    await observe(database.pool, [movieOf('x', 7.1, 4)], new Date(START + WEEK));
    assert.deepEqual(await heat(), { heat: warm, vote_count: 4 });
  });
});
