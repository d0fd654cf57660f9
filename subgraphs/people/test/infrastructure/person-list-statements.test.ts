import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '@marquee/testing/random';
import type { PersonFilter, PersonOrder } from '../../src/application/person-store.ts';
import type { Person } from '../../src/domain/person.ts';
import { postgresPersonStore } from '../../src/infrastructure/postgres-person-store.ts';
import { postgresPersonWriter } from '../../src/infrastructure/postgres-person-writer.ts';
import { person } from '../fixtures/credits.ts';
import { type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

const random = seededRandom(20_261_122);
const DEPARTMENTS = ['Acting', 'Directing', 'Writing', null] as const;
const GENDERS = ['FEMALE', 'MALE', null] as const;
const WORDS = ['Ada', 'Béla', 'Carol', 'Dora'] as const;
const SCRIPTS = ['黒澤明', '王家衛', '봉준호', null, null] as const;

const persons = Array.from({ length: 200 }, (_, n) =>
  person(`p${n}`, {
    name: `${random.one(WORDS)} ${random.one(WORDS)}`,
    originalName: random.one(SCRIPTS),
    knownForDepartment: random.one(DEPARTMENTS),
    gender: random.one(GENDERS),
    popularity: random.one([null, 0, 1, 1, 2.5, 7]),
  }),
);

/** Reference implementation of the filter, for one person at a time. */
function fits(each: Person, filter: PersonFilter): boolean {
  const popularity = each.popularity ?? 0;
  const [words, script] = [each.name.split(' '), each.originalName ?? ''];
  return (
    (filter.department === null || each.knownForDepartment === filter.department) &&
    (filter.gender === null || each.gender === filter.gender) &&
    (filter.words === null ||
      filter.words
        .split(' ')
        .every((word) => words.includes(word) || (/[^ -~é]/.test(word) && script.includes(word)))) &&
    (filter.minPopularity === null || popularity >= filter.minPopularity) &&
    (filter.maxPopularity === null || popularity <= filter.maxPopularity)
  );
}

function compare(a: Person, b: Person, { field, direction }: PersonOrder): number {
  const folded = ({ name }: Person) => name.toLowerCase().replaceAll('é', 'e');
  const keys = field === 'NAME' ? [folded(a), folded(b)] : [a.popularity ?? 0, b.popularity ?? 0];
  const [x = 0, y = 0] = keys;
  const ascending = x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : 1;
  return direction === 'ASC' ? ascending : -ascending;
}

const orders = (['POPULARITY', 'NAME'] as const).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction): PersonOrder => ({ field, direction })),
);

function someFilter(): PersonFilter {
  const maybe = <Value>(value: Value) => (random.below(2) === 0 ? null : value);
  return {
    department: maybe(random.one(['Acting', 'Directing', 'Nothing'])),
    gender: maybe(random.one(['FEMALE', 'MALE', 'NON_BINARY'])),
    words: maybe(random.one(['Ada', 'Béla Carol', 'Dora 澤明', '衛', '준호', 'Zed'])),
    minPopularity: maybe(random.one([0, 1, 3])),
    maxPopularity: maybe(random.one([0, 2.5, 100])),
  };
}

describe('list of persons', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
    const observedAt = new Date('2026-01-01T00:00:00Z');
    await postgresPersonWriter(database.pool).observePersons(persons.map((each) => ({ person: each, observedAt })));
  });
  after(() => database.drop());

  it('is what a filter and an order say, read page by page in both directions', async () => {
    const store = postgresPersonStore(database.pool);
    let found = 0;
    for (let run = 0; run < 150; run++) {
      const [filter, order] = [someFilter(), random.one(orders as [PersonOrder, ...PersonOrder[]])];
      const expected = persons.filter((each) => fits(each, filter)).sort((a, b) => compare(a, b, order));
      const expectedIds = expected.map(({ id }) => id);
      found += expectedIds.length;
      const what = JSON.stringify({ filter, order });
      assert.equal(await store.count(filter), expected.length, what);
      for (const backward of [false, true]) {
        const ids: string[] = [];
        let cursor: readonly (string | number)[] | null = null;
        const limit = 1 + random.below(40);
        for (;;) {
          const rows = await store.list(filter, order, { limit, backward, cursor });
          ids.push(...rows.map(({ id }) => id));
          cursor = rows.at(-1)?.sortKeys ?? null;
          if (rows.length < limit) break;
        }
        assert.deepEqual(ids, backward ? expectedIds.toReversed() : expectedIds, what);
      }
    }
    assert.ok(found > 1_000);
  });

  it('neither misses nor repeats a person who stays as she is while others come, go and change', async () => {
    const store = postgresPersonStore(database.pool);
    const order: PersonOrder = { field: 'POPULARITY', direction: 'DESC' };
    const filter = { department: 'Acting', gender: null, words: null, minPopularity: null, maxPopularity: null };
    const stay = persons.filter((each, index) => index % 3 === 0 && fits(each, filter)).map(({ id }) => id);
    const change = persons.filter((_, index) => index % 3 !== 0);
    const seen: string[] = [];
    let cursor: readonly (string | number)[] | null = null;
    for (let round = 0; ; round++) {
      const rows = await store.list(filter, order, { limit: 7, backward: false, cursor });
      seen.push(...rows.map(({ id }) => id));
      cursor = rows.at(-1)?.sortKeys ?? null;
      if (rows.length < 7) break;
      const changed = change.map((each): Person => {
        return { ...each, popularity: random.below(9), knownForDepartment: random.one(DEPARTMENTS) };
      });
      changed.push(person(`new${round}`, { popularity: random.below(9), knownForDepartment: 'Acting' }));
      changed.sort((a, b) => (a.id < b.id ? -1 : 1));
      const observedAt = new Date(Date.UTC(2026, 1, 1, 0, 0, round));
      await postgresPersonWriter(database.pool).observePersons(changed.map((each) => ({ person: each, observedAt })));
    }
    assert.ok(stay.length > 10);
    assert.deepEqual(
      stay.filter((id) => seen.filter((each) => each === id).length !== 1),
      [],
    );
  });
});
