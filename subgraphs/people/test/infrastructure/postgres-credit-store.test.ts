import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { Credit } from '../../src/domain/credit.ts';
import { postgresCreditStore } from '../../src/infrastructure/postgres-credit-store.ts';
import { job, movieOf, part, person } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

const first = (limit: number): KeysetPage => ({ limit, backward: false, cursor: null });
const director = (id: string) => job(id, { department: 'Directing', job: 'Director' });
const writer = (id: string) => job(id, { department: 'Writing', job: 'Screenplay' });

const movies = [
  movieOf('100', {
    cast: [
      part('1', { creditId: 'b', character: 'Twin', order: 1 }),
      part('1', { creditId: 'a', character: 'Other twin', order: 1 }),
      part('2', { creditId: 'z', character: 'Lead', order: 0, person: person('2', { gender: 'FEMALE' }) }),
      part('3', { creditId: 'c', order: 12 }),
    ],
    crew: [writer('1'), director('5'), writer('6'), director('1'), director('5')],
  }),
  movieOf('20', { cast: [part('1', { order: 3 })], crew: [director('6')] }),
  movieOf('9', { crew: [director('1')] }),
  movieOf('019aab00-0000-7000-8000-000000000000', { cast: [part('1')] }),
];

describe('Postgres credit store', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
    await observe(database.pool, movies);
  });
  after(() => database.drop());

  const store = () => postgresCreditStore(database.pool);
  const anyPart = { character: null, maxOrder: null, gender: null };
  const any = { departments: null, jobs: null, gender: null };
  const whatever = { departments: null, jobs: null, kind: null, years: { min: null, max: null } };
  const added = { field: 'ADDED', direction: 'DESC' } as const;

  it('orders a cast by billing, then key, and keeps a person who is in it twice', async () => {
    const cast = (await store().cast(['100'], anyPart, first(10))).get('100') ?? [];
    assert.deepEqual(
      cast.map(({ key, person, character }) => [key, person.id, character]),
      [
        ['z', '2', 'Lead'],
        ['a', '1', 'Other twin'],
        ['b', '1', 'Twin'],
        ['c', '3', null],
      ],
    );
  });

  it('reads the first of each movie by one call, and leaves out movies without any', async () => {
    const cast = await store().cast(['20', '9', '100', 'unknown'], anyPart, first(2));
    assert.deepEqual(
      new Map([...cast].map(([id, credits]) => [id, credits.map(({ personId }) => personId)])),
      new Map([
        ['20', ['1']],
        ['100', ['2', '1']],
      ]),
    );
    assert.deepEqual(
      await store().countCast(['20', '9', '100'], anyPart),
      new Map([
        ['20', 1],
        ['100', 4],
      ]),
    );
  });

  it('orders a crew as TMDb lists it, and filters it by department and job', async () => {
    const persons = async (departments: string[] | null, jobs: string[] | null) =>
      (await store().crew(['100'], { ...any, departments, jobs }, first(10)))
        .get('100')
        ?.map(({ personId }) => personId) ?? [];
    assert.deepEqual(await persons(null, null), ['1', '5', '6', '1', '5']);
    assert.deepEqual(await persons(['Writing'], null), ['1', '6']);
    assert.deepEqual(await persons(null, ['Director']), ['5', '1', '5']);
    assert.deepEqual(await persons(['Writing'], ['Director']), []);
    assert.deepEqual(await persons(['Writing', 'Directing'], null), ['1', '5', '6', '1', '5']);
    assert.deepEqual(await persons([], null), []);
    assert.deepEqual(
      await store().countCrew(['100', '9'], { ...any, jobs: ['Director'] }),
      new Map([
        ['100', 3],
        ['9', 1],
      ]),
    );
  });

  it('filters a cast by character, billing and gender', async () => {
    const keys = async (filter: object) =>
      (await store().cast(['100'], { ...anyPart, ...filter }, first(10))).get('100')?.map(({ key }) => key) ?? [];
    assert.deepEqual(await keys({ character: 'TWÍN' }), ['a', 'b']);
    assert.deepEqual(await keys({ character: 'other t' }), ['a']);
    assert.deepEqual(await keys({ maxOrder: 1 }), ['z', 'a', 'b']);
    assert.deepEqual(await keys({ gender: 'FEMALE' }), ['z']);
    assert.deepEqual(await keys({ gender: 'FEMALE', maxOrder: 0, character: 'lead' }), ['z']);
    assert.deepEqual(await keys({ gender: 'MALE' }), []);
    const counts = await store().countCast(['100', '20'], { ...anyPart, character: 'twin' });
    assert.deepEqual(counts, new Map([['100', 2]]));
  });

  it("lists directors in TMDb's order, each once", async () => {
    const directors = await store().directors(['9', '100', '20', 'unknown']);
    assert.deepEqual(
      new Map([...directors].map(([movieId, persons]) => [movieId, persons.map(({ id }) => id)])),
      new Map([
        ['100', ['5', '1']],
        ['20', ['6']],
        ['9', ['1']],
      ]),
    );
  });

  it('orders a filmography by the age of the movie in the catalogue, parts before jobs', async () => {
    const credits = (await store().filmographies(['1', '3'], whatever, added, first(20))).get('1') ?? [];
    assert.deepEqual(
      credits.map(({ movieId, job, character }) => [movieId, job ?? character]),
      [
        ['019aab00-0000-7000-8000-000000000000', null],
        ['100', 'Other twin'],
        ['100', 'Twin'],
        ['100', 'Screenplay'],
        ['100', 'Director'],
        ['20', null],
        ['9', 'Director'],
      ],
    );
    const counts = await store().countFilmographies(['1', '3', 'unknown'], whatever);
    assert.deepEqual(
      counts,
      new Map([
        ['1', 7],
        ['3', 1],
      ]),
    );
  });

  it('filters a filmography by department', async () => {
    const movies = async (department: string) =>
      (await store().filmographies(['1'], { ...whatever, departments: [department] }, added, first(20)))
        .get('1')
        ?.map(({ movieId }) => movieId);
    assert.deepEqual(await movies('Directing'), ['100', '9']);
    assert.equal((await movies('Acting'))?.length, 4);
    assert.equal(await movies('acting'), undefined);
    assert.deepEqual(
      await store().countFilmographies(['1'], { ...whatever, departments: ['Acting'] }),
      new Map([['1', 4]]),
    );
  });

  it('filters a filmography by kind and job', async () => {
    const movies = async (filter: object) =>
      (await store().filmographies(['1'], { ...whatever, ...filter }, added, first(20)))
        .get('1')
        ?.map(({ movieId, job }) => [movieId, job]);
    assert.deepEqual(await movies({ kind: 'crew' }), [
      ['100', 'Screenplay'],
      ['100', 'Director'],
      ['9', 'Director'],
    ]);
    assert.deepEqual(await movies({ jobs: ['Screenplay', 'Editor'] }), [['100', 'Screenplay']]);
    assert.equal((await movies({ kind: 'cast' }))?.length, 4);
    assert.equal(await movies({ kind: 'cast', jobs: ['Director'] }), undefined);
    const counts = await store().countFilmographies(['1', '3'], { ...whatever, kind: 'crew' });
    assert.deepEqual(counts, new Map([['1', 3]]));
  });

  it('continues after a credit and before it, in each list', async () => {
    const place = ({ place, key }: Credit) => [place, key];
    const lists: [(page: KeysetPage) => Promise<readonly Credit[]>, (credit: Credit) => (string | number)[]][] = [
      [async (page) => (await store().cast(['100'], anyPart, page)).get('100') ?? [], place],
      [async (page) => (await store().crew(['100'], any, page)).get('100') ?? [], place],
      [
        async (page) => (await store().filmographies(['1'], whatever, added, page)).get('1') ?? [],
        ({ filmRank, movieId, kind, place, key }) => [filmRank, movieId, kind, place, key],
      ],
    ];
    for (const [read, keysOf] of lists) {
      const all = await read(first(20));
      assert.ok(all.length >= 4);
      for (const [index, credit] of all.entries()) {
        const after = await read({ limit: 2, backward: false, cursor: keysOf(credit) });
        const before = await read({ limit: 2, backward: true, cursor: keysOf(credit) });
        assert.deepEqual(after, all.slice(index + 1, index + 3));
        assert.deepEqual(before, all.slice(Math.max(0, index - 2), index).toReversed());
      }
    }
  });

  it('takes a cursor beyond every column', async () => {
    const beyond = { limit: 5, backward: false, cursor: [Number.MAX_SAFE_INTEGER, 'x'] };
    assert.deepEqual(await store().cast(['100'], anyPart, beyond), new Map());
  });
});
