import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { seededRandom } from '@marquee/testing/random';
import type { CreditStore, FilmographyCredit, FilmographyFilter } from '../../src/application/credit-store.ts';
import { postgresCreditStore } from '../../src/infrastructure/postgres-credit-store.ts';
import { postgresFollowedMovies } from '../../src/infrastructure/postgres-followed-movies.ts';
import { job, movieOf, part } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

const ANY: FilmographyFilter = { departments: null, jobs: null, kind: null, years: { min: null, max: null } };
const ORDERS = [
  { field: 'ADDED', direction: 'DESC' },
  { field: 'ADDED', direction: 'ASC' },
  { field: 'RELEASE_DATE', direction: 'DESC' },
  { field: 'RELEASE_DATE', direction: 'ASC' },
] as const;

describe('filmographies', () => {
  const random = seededRandom(20_261_122);
  const dates = new Map<string, string | null>();
  let database: PeopleDatabase;
  let store: CreditStore;
  before(async () => {
    database = await peopleDatabase();
    store = postgresCreditStore(database.pool);
    const ids = Array.from({ length: 60 }, (_, n) => `${n + 1}`);
    for (const id of ids) {
      const day = `${1990 + random.below(8)}-0${1 + random.below(3)}-11`;
      dates.set(id, random.below(5) === 0 ? null : day);
    }
    const told = ids.map((movieId) => ({ movieId, releaseDate: dates.get(movieId) ?? null, adult: false }));
    await inTransaction(database.pool, (tx) => postgresFollowedMovies(tx).save(told, []));
    const directed = { department: 'Directing', job: 'Director' };
    await observe(
      database.pool,
      ids.map((id, n) =>
        movieOf(id, {
          cast: [part('1', { order: 3 }), part('1', { order: n % 7 }), part('2')],
          crew: n % 3 === 0 ? [job('1', directed), job('2', directed)] : [],
        }),
      ),
    );
  });
  after(() => database.drop());

  const dateOf = ({ movieId }: FilmographyCredit) => dates.get(movieId) ?? null;

  /** The whole list, a page at a time. */
  async function pages(filter: FilmographyFilter, order: (typeof ORDERS)[number], backward: boolean, limit: number) {
    const all: FilmographyCredit[] = [];
    for (let cursor: FilmographyCredit['sortKeys'] | null = null; ; ) {
      const page: readonly FilmographyCredit[] =
        (await store.filmographies(['1', '2'], filter, order, { limit, backward, cursor })).get('1') ?? [];
      all.push(...page);
      if (page.length < limit) return backward ? all.toReversed() : all;
      cursor = page.at(-1)?.sortKeys ?? null;
    }
  }

  for (const order of ORDERS) {
    it(`by ${order.field} ${order.direction}: the same list whatever the pages, unknown dates last`, async () => {
      const whole = await pages(ANY, order, false, 1_000);
      assert.equal(whole.length, 140);
      const rank = (credit: FilmographyCredit) => {
        const number = Number(credit.movieId);
        if (order.field === 'ADDED') return order.direction === 'DESC' ? -number : number;
        const days = Date.parse(dateOf(credit) ?? '') / 86_400_000;
        return Number.isNaN(days) ? Number.POSITIVE_INFINITY : order.direction === 'DESC' ? -days : days;
      };
      const sorted = whole.toSorted(
        (a, b) =>
          (rank(a) === rank(b) ? 0 : rank(a) - rank(b)) ||
          a.filmRank - b.filmRank ||
          a.kind.localeCompare(b.kind) ||
          a.place - b.place,
      );
      assert.deepEqual(
        whole.map(({ key }) => key),
        sorted.map(({ key }) => key),
      );
      for (const backward of [false, true]) {
        assert.deepEqual(await pages(ANY, order, backward, 9), whole, `backward: ${backward}`);
      }
    });
  }

  it('of years and departments', async () => {
    const order = { field: 'RELEASE_DATE', direction: 'ASC' } as const;
    const whole = await pages(ANY, order, false, 1_000);
    for (const years of [
      { min: 1992, max: 1995 },
      { min: 1996, max: null },
      { min: null, max: 1990 },
    ]) {
      const filter = { ...ANY, years, departments: ['Directing'] };
      const expected = whole.filter((credit) => {
        const year = Number(dateOf(credit)?.slice(0, 4) ?? Number.NaN);
        return credit.department === 'Directing' && year >= (years.min ?? 0) && year <= (years.max ?? 9_999);
      });
      assert.ok(expected.length > 0);
      assert.deepEqual(await pages(filter, order, false, 4), expected);
      assert.equal((await store.countFilmographies(['1'], filter)).get('1'), expected.length);
    }
  });
});
