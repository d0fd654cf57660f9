import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createPool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import type { PersonFilter, PersonOrder } from '../../src/application/person-store.ts';
import { postgresCreditStore } from '../../src/infrastructure/postgres-credit-store.ts';
import { postgresPersonStore } from '../../src/infrastructure/postgres-person-store.ts';
import { type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';
import { generatePeople } from '../fixtures/many-people.ts';

/** `PEOPLE_PLANS=1000000 node --test test/infrastructure/reading-plans.test.ts` takes some minutes. */
const PERSONS = Number(process.env.PEOPLE_PLANS || 50_000);

const PAGE = { limit: 21, backward: false, cursor: null };
const POPULAR: PersonOrder = { field: 'POPULARITY', direction: 'DESC' };
const NAMED: PersonOrder = { field: 'NAME', direction: 'ASC' };
const ANYBODY: PersonFilter = { department: null, gender: null, words: null, minPopularity: null, maxPopularity: null };

let database: PeopleDatabase;
let plans: string[];
/** Runs a statement, and keeps how Postgres went about it. */
let explaining: Queryable;
before(async () => {
  database = await peopleDatabase();
  const url = database.env.DATABASE_ADMIN_URL;
  const pool = createPool({ url, schema: 'people', applicationName: 'test', max: 1, statementTimeoutMs: 3_600_000 });
  await generatePeople(pool, { persons: PERSONS, movies: PERSONS / 2, credits: PERSONS * 5 });
  await pool.end();
  explaining = {
    async query(statement) {
      const { text, values } = statement as { text: string; values: unknown[] };
      const { rows } = await database.pool.query(`explain (analyze, timing off) ${text}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return { rows: [], rowCount: 0 };
    },
  };
});
after(() => database.drop());

/** The plan of the one statement that this takes. */
async function planOf(read: (db: Queryable) => Promise<unknown>): Promise<string> {
  plans = [];
  await read(explaining);
  assert.equal(plans.length, 1);
  return plans[0] as string;
}

/** Rows that were met with and did not fit. */
const wasted = (plan: string) =>
  Math.max(0, ...[...plan.matchAll(/Rows Removed by [\w ]+: (\d+)/g)].map(([, rows]) => Number(rows)));

const list = (filter: Partial<PersonFilter>, order: PersonOrder, page: object = PAGE) =>
  planOf((db) => postgresPersonStore(db).list({ ...ANYBODY, ...filter }, order, { ...PAGE, ...page }));

describe('plans of lists of persons', () => {
  for (const [order, index, key] of [
    [POPULAR, 'persons_by_popularity', 0.3],
    [NAMED, 'persons_by_name', 'marki'],
  ] as const) {
    for (const backward of [false, true]) {
      for (const cursor of [null, [key, '5']]) {
        const where = `${backward ? 'backward' : 'forward'} ${cursor === null ? 'from the end' : 'from a cursor'}`;
        it(`by ${order.field}, ${where}: a walk through the order's index`, async () => {
          const plan = await list({}, order, { backward, cursor });
          assert.match(plan, new RegExp(`Index Scan (Backward )?using ${index} on`));
          assert.doesNotMatch(plan, /Sort|Seq Scan/);
          // Nobody is passed over but the two in a hundred who are left out unasked.
          assert.ok(wasted(plan) < 10, plan);
        });
      }
    }
    it(`by ${order.field} in one department: a walk through the department's index`, async () => {
      const plan = await list({ department: 'Writing' }, order, { cursor: [key, '5'] });
      assert.match(plan, new RegExp(`using persons_by_department_and_${order.field.toLowerCase()} on`));
      assert.doesNotMatch(plan, /Sort|Seq Scan/);
      assert.ok(wasted(plan) < 10, plan);
    });
    it(`by ${order.field} of a rare gender: few are met with in vain`, async () => {
      const plan = await list({ gender: 'NON_BINARY' }, order);
      assert.doesNotMatch(plan, /Seq Scan/);
      assert.ok(wasted(plan) < 21 * 1_000, plan);
    });
    it(`by ${order.field} of a rare popularity and a common one: neither reads everybody`, async () => {
      for (const minPopularity of [0, 0.06, 1, 10, 100]) {
        const plan = await list({ minPopularity }, order);
        assert.doesNotMatch(plan, /Seq Scan/);
        assert.ok(wasted(plan) < PERSONS / 25, plan);
      }
    });
  }

  it('with a common word, by popularity: a walk until the page is full; by name: never along the names', async () => {
    const popular = await list({ words: 'badenba' }, POPULAR);
    assert.match(popular, /Index Scan Backward using persons_by_popularity/, popular);
    assert.ok(wasted(popular) < 21 * 200, popular);
    const named = await list({ words: 'badenba' }, NAMED);
    assert.match(named, /Bitmap Index Scan on person_names_by_word/, named);
    assert.doesNotMatch(named, /persons_by_name/, named);
  });

  it('with a word of the name: by the index of words', async () => {
    for (const [words, index] of [
      ['norbaba', 'person_names_by_word'],
      ['丱吭', 'persons_by_cjk'],
    ] as const) {
      const plan = await list({ words }, NAMED);
      assert.match(plan, new RegExp(`Bitmap Index Scan on ${index}`));
      assert.doesNotMatch(plan, /Seq Scan on persons/);
    }
  });
});

describe('plans of searches', () => {
  const search = (text: string) =>
    planOf((db) => postgresPersonStore(db).search({ text: text, includeAdult: false }, PAGE));

  it('take the popular of a common word from their own index', async () => {
    const plan = await search('n');
    assert.match(plan, /Bitmap Index Scan on popular_person_names_by_word/);
    assert.doesNotMatch(plan, /Seq Scan on persons/);
  });

  it('do not look for similar names once a page is full', async () => {
    const never = /Bitmap Heap Scan on persons \w+ .*\(never executed\)\n(?:.*\n){0,3}.*operator\(public|%>>/;
    assert.match(await search('vi'), never);
  });

  it('find a part of a CJK name, and similar names, by index', async () => {
    assert.match(await search('吭'), /Bitmap Index Scan on persons_by_cjk/);
    const plan = await search('Norbabba Jabaaba');
    assert.match(plan, /Bitmap Index Scan on popular_persons_by_trigram/);
    assert.doesNotMatch(plan, /Seq Scan on persons/);
  });

  it('look nobody up for texts without a word, in any script', async () => {
    for (const text of ['%', '_', '😀', '\u0301', '\u094d', '\u200d', '♥♥', '…', '（）', "'", '%_%', ' ']) {
      const plan = await planOf((db) => postgresPersonStore(db).search({ text, includeAdult: false }, PAGE));
      assert.doesNotMatch(plan, /_by_trigram.*actual rows/, `${JSON.stringify(text)}\n${plan}`);
      assert.ok(wasted(plan) < 100, `${JSON.stringify(text)}\n${plan}`);
    }
  });
});

describe('plans of credits', () => {
  const anyPart = { character: null, maxOrder: null, gender: null };
  const anyJob = { departments: ['Writing'], jobs: null, gender: null };
  const anyCredit = { departments: null, jobs: null, kind: null, years: { min: null, max: null } };
  const added = { field: 'ADDED', direction: 'DESC' } as const;
  const ids = Array.from({ length: 100 }, (_, id) => `${id + 1}`);

  for (const [what, index, read] of [
    ['casts', 'credits_of_film', (db: Queryable) => postgresCreditStore(db).cast(ids, anyPart, PAGE)],
    ['crews', 'credits_of_film', (db: Queryable) => postgresCreditStore(db).crew(ids, anyJob, PAGE)],
    ['directors', 'credits', (db: Queryable) => postgresCreditStore(db).directors(ids)],
    [
      'filmographies',
      'credits_of_person',
      (db: Queryable) => postgresCreditStore(db).filmographies(ids, anyCredit, added, PAGE),
    ],
    ['counts of casts', 'credits', (db: Queryable) => postgresCreditStore(db).countCast(ids, anyPart)],
    [
      'co-stars',
      'credits_of_(movie|person)',
      (db: Queryable) => postgresCreditStore(db).coStars(ids.slice(0, 5), false, PAGE),
    ],
  ] as const) {
    it(`${what} of many: by index`, async () => {
      const plan = await planOf(read);
      assert.match(plan, new RegExp(`(using|Index Scan on) ${index}`));
      assert.doesNotMatch(plan, /Seq Scan/);
    });
  }

  it('filmographies in the order of their index: nothing is read or sorted but what is shown', async () => {
    for (const backward of [false, true]) {
      const page = { ...PAGE, limit: 3, backward };
      const plan = await planOf((db) => postgresCreditStore(db).filmographies(ids, anyCredit, added, page));
      const scans = [...plan.matchAll(/(\w+ Scan.*) on credits .*\(actual rows=([\d.]+) loops=(\d+)\)/g)];
      assert.deepEqual(
        scans.map(([, scan]) => scan?.replace(' Backward', '')),
        ['Index Scan using credits_of_person'],
        plan,
      );
      assert.ok(Number(scans[0]?.[2]) <= 3, plan);
    }
  });

  it('filmographies by department and year, by date: of the credits that do not fit none is read', async () => {
    for (const filter of [
      { ...anyCredit, departments: ['Directing'] },
      { ...anyCredit, jobs: ['Stunts'], years: { min: 1990, max: 1999 } },
    ]) {
      for (const direction of ['ASC', 'DESC'] as const) {
        const order = { field: 'RELEASE_DATE', direction } as const;
        const plan = await planOf((db) => postgresCreditStore(db).filmographies(ids, filter, order, PAGE));
        assert.match(plan, /Index Only Scan using credits_of_person on credits/, plan);
        assert.doesNotMatch(plan, /Seq Scan/, plan);
      }
    }
    const plan = await planOf((db) => postgresCreditStore(db).countFilmographies(ids, anyCredit));
    assert.match(plan, /Index Only Scan using credits_of_person on credits/, plan);
  });

  it('co-stars: at most 50 parts of each of at most 300 movies, however many there are', async () => {
    await database.pool.query(`
      insert into credits (movie_id, key, kind, person_id, department, place, film_rank)
      select 'long' || f, n::text, 'cast', n::text, 'Acting', n, -f
      from generate_series(1, 400) f cross join generate_series(1, case when f = 400 then 200 else 2 end) n`);
    const plan = await planOf((db) => postgresCreditStore(db).coStars(['2'], false, PAGE));
    assert.match(plan, /(using|on) credits_of_person/);
    const parts = [...plan.matchAll(/Scan using credits_of_film on .*\(actual rows=([\d.]+) loops=(\d+)\)/g)];
    assert.equal(parts.length, 1, plan);
    assert.deepEqual(
      parts.map(([, , loops]) => Number(loops)),
      [300],
    );
    assert.ok(Number(parts[0]?.[1]) <= 50, plan);
    assert.match(plan, /Index Only Scan using credits_of_film/, plan);
  });
});
