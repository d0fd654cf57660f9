import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { applyCredits, type CreditsChanges } from '../../src/application/apply-credits.ts';
import type { Person } from '../../src/domain/person.ts';
import { postgresCreditWriter } from '../../src/infrastructure/postgres-credit-writer.ts';
import { postgresPersonWriter } from '../../src/infrastructure/postgres-person-writer.ts';
import { postgresUncreditedPersons } from '../../src/infrastructure/postgres-uncredited-persons.ts';
import { job, movieOf, observed, part, person } from '../fixtures/credits.ts';
import { type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

describe('credit writer', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.pool.query('delete from credits').then(() => database.pool.query('delete from persons')));

  const apply = (changes: CreditsChanges) =>
    inTransaction(database.pool, (tx) =>
      applyCredits(postgresPersonWriter(tx), postgresCreditWriter(tx), postgresUncreditedPersons(tx), changes),
    );
  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  const nameOf = async (id: string) =>
    (await database.pool.query('select name from persons where id = $1', [id])).rows[0]?.name;

  it('stores persons and credits as they were told', async () => {
    const keanu: Person = {
      id: '6384',
      tmdbId: 6384,
      name: 'Keanu Reeves',
      originalName: 'Keanu Reeves',
      gender: 'MALE',
      knownForDepartment: 'Acting',
      profilePath: '/keanu-reeves.jpg',
      popularity: 30.125,
      adult: false,
    };
    await apply(
      observed([
        movieOf('603', { cast: [part('6384', { person: keanu, creditId: 'c', castId: 34, character: 'Neo' })] }),
      ]),
    );
    const [stored] = await rows('select * from persons');
    assert.deepEqual(stored, {
      id: '6384',
      tmdb_id: 6384,
      name: 'Keanu Reeves',
      original_name: 'Keanu Reeves',
      gender: 'MALE',
      known_for_department: 'Acting',
      profile_path: '/keanu-reeves.jpg',
      popularity: 30.125,
      adult: false,
      observed_at: at(0),
      sort_name: 'keanu reeves',
      search_text: 'keanu reeves',
    });
    assert.deepEqual(await rows('select movie_id, key, kind, cast_id, person_id, character, place from credits'), [
      { movie_id: '603', key: 'c', kind: 'cast', cast_id: 34, person_id: '6384', character: 'Neo', place: 0 },
    ]);
  });

  it("replaces a movie's credits as a set, and no other movie's", async () => {
    const stays = part('1', { creditId: 'stays', character: 'Before' });
    await apply(
      observed([
        movieOf('10', { cast: [stays, part('2', { creditId: 'goes' })] }),
        movieOf('11', { cast: [part('2')] }),
      ]),
    );
    await apply(
      observed(
        [movieOf('10', { cast: [{ ...stays, character: 'After' }], crew: [job('3', { creditId: 'comes' })] })],
        at(1),
      ),
    );
    assert.deepEqual(await rows('select movie_id, key, character from credits order by movie_id, key'), [
      { movie_id: '10', key: 'comes', character: null },
      { movie_id: '10', key: 'stays', character: 'After' },
      { movie_id: '11', key: (await rows(`select key from credits where movie_id = '11'`))[0].key, character: null },
    ]);
    assert.equal(await nameOf('2'), 'Person 2');
  });

  it('does not write credits again that are as they were', async () => {
    const credits = movieOf('10', { cast: [part('1'), part('2')], crew: [job('3')] });
    await apply(observed([credits]));
    const versions = await rows('select key, ctid, xmin from credits where xmax = 0 order by key');
    await apply(observed([credits], at(1)));
    const again = await rows('select key, ctid, xmin from credits order by key');
    assert.equal(versions.length, 3);
    assert.deepEqual(again, versions);
  });

  it('removes the credits of a movie that is gone, and the persons who are credited nowhere else', async () => {
    await apply(
      observed([
        movieOf('10', { cast: [part('1'), part('2')], crew: [job('3')] }),
        movieOf('11', { crew: [job('2')] }),
      ]),
    );
    const { deletedPersonIds } = await apply({ observed: [], deleted: [{ movieId: '10' }] });
    assert.deepEqual(deletedPersonIds?.toSorted(), ['1', '3']);
    assert.deepEqual(await rows('select movie_id, person_id from credits'), [{ movie_id: '11', person_id: '2' }]);
    assert.deepEqual(await rows('select id from persons'), [{ id: '2' }]);
  });

  it('follows the newest observation of a person, in whatever order they come', async () => {
    const named = (name: string) => movieOf(name, { cast: [part('1', { person: person('1', { name }) })] });
    await apply(observed([named('Second')], at(2)));
    await apply(observed([named('First')], at(1)));
    assert.equal(await nameOf('1'), 'Second');
    await apply({
      observed: [
        { movieId: 'Fourth', observedAt: at(4), data: named('Fourth') },
        { movieId: 'Third', observedAt: at(3), data: named('Third') },
      ],
      deleted: [],
    });
    assert.equal(await nameOf('1'), 'Fourth');
    assert.equal((await rows('select * from credits')).length, 4);
  });

  it('takes as many statements for a large batch as for a small one', async () => {
    const many = Array.from({ length: 500 }, (_, id) =>
      movieOf(`many-${id}`, { cast: [part(`one-of-many-${id % 7}`)] }),
    );
    const batches = [
      { movies: [movieOf('first', { cast: [part('first')] })], expected: 10 },
      { movies: many, expected: 10 },
      { movies: many, expected: 7 },
      { movies: [movieOf('first', { cast: [part('first')] })], expected: 7 },
    ];
    for (const { movies, expected } of batches) {
      let statements = 0;
      await inTransaction(database.pool, (tx) => {
        const query: typeof tx.query = (...statement) => {
          statements += 1;
          return tx.query(...statement);
        };
        return applyCredits(
          postgresPersonWriter({ query }),
          postgresCreditWriter({ query }),
          postgresUncreditedPersons({ query }),
          observed(movies),
        );
      });
      assert.equal(statements, expected);
    }
    assert.equal((await rows('select * from credits')).length, 501);
  });

  it('takes a movie as large as movies get, among 500 of them', { timeout: 60_000 }, async () => {
    const large = movieOf('1', {
      cast: Array.from({ length: 182 }, (_, order) => part(`${order}`, { order })),
      crew: Array.from({ length: 587 }, (_, index) => job(`${index % 400}`)),
    });
    const small = (id: number) =>
      movieOf(`${id}`, { cast: Array.from({ length: 20 }, (_, order) => part(`${id + order}`, { order })) });
    await apply(observed([large, ...Array.from({ length: 499 }, (_, index) => small(index + 2))]));
    assert.deepEqual(
      await rows(`select kind, count(*) as count from credits where movie_id = '1' group by kind order by kind`),
      [
        { kind: 'cast', count: 182 },
        { kind: 'crew', count: 587 },
      ],
    );
    assert.deepEqual(await rows('select count(*) as count from credits'), [{ count: 182 + 587 + 499 * 20 }]);
  });

  it('lets consumers write the same persons at once', { timeout: 60_000 }, async () => {
    const ids = Array.from({ length: 300 }, (_, id) => `${id}`);
    const batches = Array.from({ length: 24 }, (_, batch) => {
      const seen = ids.map((id) => part(id, { person: person(id, { name: `Person ${id}, seen ${batch}` }) }));
      return observed([movieOf(`${batch}`, { cast: batch % 2 === 0 ? seen : seen.toReversed() })], at(batch));
    });
    await Promise.all(batches.map(apply));
    assert.deepEqual(await rows('select count(*) as count from credits'), [{ count: 24 * 300 }]);
    assert.deepEqual(await rows(`select count(*) as count from persons where name like '%, seen 23'`), [
      { count: 300 },
    ]);
    assert.deepEqual(await rows('select distinct observed_at from persons'), [{ observed_at: at(23) }]);
  });

  describe('persons of whom nothing new is told', () => {
    const known = ['1', '2', 'a-person', '6384'];
    const cast = (movieId: string, ids: readonly string[]) => movieOf(movieId, { cast: ids.map((id) => part(id)) });

    it('are not written again', async () => {
      await apply(observed([cast('10', known)]));
      const versions = await rows('select id, ctid, xmin from persons order by id');
      await apply(observed([cast('10', known), cast('11', known)], at(1)));
      assert.deepEqual(await rows('select id, ctid, xmin from persons order by id'), versions);
    });

    it('may be held by others meanwhile', { timeout: 20_000 }, async () => {
      await apply(observed([cast('10', known)]));
      await inTransaction(database.pool, async (other) => {
        await postgresPersonWriter(other).lockPersons(known);
        await apply(observed([cast('12', [...known, 'new'])], at(1)));
      });
      assert.deepEqual(await rows(`select count(*) as count from credits where movie_id = '12'`), [{ count: 5 }]);
    });
  });

  it("gives credits their movie's release date, where it is known and where it is told later", async () => {
    await database.pool.query(
      `insert into movies (id, release_date) values ('dated', '1999-03-31'), ('undated', null)`,
    );
    await apply(observed(['dated', 'undated', 'unknown'].map((id) => movieOf(id, { cast: [part('1')] }))));
    const dates = () => rows('select movie_id, release_date::text as date from credits order by movie_id');
    assert.deepEqual(await dates(), [
      { movie_id: 'dated', date: '1999-03-31' },
      { movie_id: 'undated', date: null },
      { movie_id: 'unknown', date: null },
    ]);
    // As the release before writes them.
    await database.pool.query(`
      insert into credits (movie_id, key, kind, person_id, department, place, film_rank)
      values ('dated', 'as-before', 'cast', '1', 'Acting', 1, 0)`);
    assert.deepEqual(await rows(`select release_date::text as date from credits where key = 'as-before'`), [
      { date: '1999-03-31' },
    ]);
  });
});
