import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { EntityChange } from '@marquee/events/change-codec';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieCredits } from '../../src/infrastructure/movie-credits-handler.ts';
import { followingMovies } from '../../src/infrastructure/movies-follower.ts';
import { job, movieOf, part, person } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

describe('following which movies there are', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    for (const table of ['credits', 'persons', 'movies', 'deleted_movies', 'outbox', 'entity_versions'])
      await database.pool.query(`delete from ${table}`);
  });

  const lines = async (sql: string) => (await database.pool.query<{ line: string }>(sql)).rows.map(({ line }) => line);
  const credits = () =>
    lines(`select movie_id || ' ' || person_id || ' ' || department as line from credits order by 1`);
  /** Returns the outbox and empties it. */
  const announced = () =>
    lines(`with sent as (delete from outbox returning *)
      select entity || ' ' || entity_id || ' ' || version || ' ' || change || ' ' || tags as line from sent order by seq`);

  function change(entityId: string, kind: EntityChange['change'], facts = {}): EntityChange<'movies'> {
    const about = { eventId: 'event', occurredAt: new Date(), entity: 'Movie', version: 1, tags: [] } as const;
    return { ...about, entityId, change: kind, facts: kind === 'deleted' ? null : facts };
  }
  const follow = (...changes: EntityChange<'movies'>[]) =>
    inTransaction(database.pool, (tx) => followingMovies.handler(tx, changes));
  const forget = (movieId: string) =>
    inTransaction(database.pool, (tx) =>
      handleMovieCredits(tx, { observed: [], deleted: [{ subject: movieId, observedAt: new Date() }] }),
    );

  const cast = { cast: [part('1', { creditId: 'a', castId: 7 }), part('2', { creditId: 'b' })] };

  it('announces the persons and movies that changed, and who is new in a movie', async () => {
    await observe(database.pool, [movieOf('11', cast), movieOf('12', { crew: [job('1', { creditId: 'c' })] })]);
    assert.deepEqual(await announced(), [
      'MovieCredits 11 1 created ["movie-11", "person-1", "person-2"]',
      'MovieCredits 12 1 created ["movie-12", "person-1"]',
      'Person 1 1 created ["person-1", "persons"]',
      'Person 2 1 created ["person-2", "persons"]',
    ]);
    const again = { cast: [...cast.cast.slice(1), part('3', { creditId: 'd' })] };
    await observe(database.pool, [movieOf('11', again)], new Date('2026-11-23T00:00:00Z'));
    assert.deepEqual(await announced(), [
      'MovieCredits 11 2 updated ["movie-11", "person-3"]',
      'Person 3 1 created ["person-3", "persons"]',
    ]);
    await forget('12');
    assert.deepEqual(await announced(), [
      'MovieCredits 12 2 deleted ["movie-12"]',
      'Person 1 2 deleted ["person-1", "persons"]',
    ]);
    await forget('12');
    await observe(database.pool, [movieOf('11', again)], new Date('2026-11-24T00:00:00Z'));
    assert.deepEqual(await announced(), [], 'what is as it was is not announced');
  });

  it('tells who is billed first: ten persons at most, each once', async () => {
    const facts = async () =>
      (await database.pool.query(`select facts from outbox where entity = 'MovieCredits' order by seq desc limit 1`))
        .rows[0].facts;
    const billed = ['3', '1', '3', '2', ...Array.from({ length: 12 }, (_, n) => `${n + 10}`)];
    const parts = billed.map((id, order) => part(id, { order }));
    await observe(database.pool, [movieOf('11', { cast: parts.toReversed(), crew: [job('99')] })]);
    const { rows } = await database.pool.query(`select facts from outbox where entity = 'MovieCredits'`);
    assert.deepEqual(rows, [{ facts: { topBilled: ['3', '1', '2', '10', '11', '12', '13', '14', '15', '16'] } }]);
    await observe(database.pool, [movieOf('11', { crew: [job('99')] })], new Date('2026-11-23T00:00:00Z'));
    assert.deepEqual(await facts(), { topBilled: [] });
  });

  it('a person of whom the same is told later is not announced, one of whom something else is told is', async () => {
    const told = (popularity: number) =>
      movieOf('11', { cast: [part('1', { creditId: 'a', person: { ...person('1'), popularity } })] });
    await observe(database.pool, [told(1)], new Date('2026-01-01T00:00:00Z'));
    await announced();
    await observe(database.pool, [told(1)], new Date('2026-01-02T00:00:00Z'));
    assert.deepEqual(await announced(), []);
    await observe(database.pool, [told(2)], new Date('2026-01-03T00:00:00Z'));
    assert.deepEqual(await announced(), ['Person 1 2 updated ["person-1", "persons"]']);
    await observe(database.pool, [told(3)], new Date('2026-01-02T12:00:00Z'));
    assert.deepEqual(await announced(), [], 'an observation that came late');
  });

  it('remembers the movies that are there, with their release dates as far as they are told', async () => {
    const told = (releaseDate: string | null) => ({ film: { releaseDate } });
    const movies = () => lines(`select id || ' ' || coalesce(release_date::text, '?') as line from movies order by id`);
    await follow(
      change('11', 'created', told('1999-03-30')),
      change('12', 'created', told(null)),
      change('13', 'updated'),
    );
    assert.deepEqual(await movies(), ['11 1999-03-30', '12 ?', '13 ?']);
    await follow(change('11', 'updated', told('1999-03-31')), change('12', 'deleted'), change('14', 'deleted'));
    assert.deepEqual(await movies(), ['11 1999-03-31', '13 ?']);
  });

  it('dates the credits of a movie when it is told of, and tells of them when the date is another', async () => {
    const told = (releaseDate: string | null) => ({ film: { releaseDate } });
    const dates = () =>
      lines(
        `select movie_id || ' ' || person_id || ' ' || coalesce(release_date::text, '?') as line from credits order by 1`,
      );
    await follow(change('11', 'created', told('1999-03-30')));
    assert.deepEqual(await announced(), [], 'a movie without credits');
    await observe(database.pool, [movieOf('11', cast), movieOf('12', { crew: [job('1')] })]);
    assert.deepEqual(await dates(), ['11 1 1999-03-30', '11 2 1999-03-30', '12 1 ?']);
    await announced();
    await follow(change('11', 'updated', told('1999-03-30')), change('12', 'created', told(null)));
    assert.deepEqual(await announced(), [], 'the dates are as they were');
    await follow(change('11', 'updated', told(null)), change('12', 'updated', told('2001-05-04')));
    assert.deepEqual(await dates(), ['11 1 ?', '11 2 ?', '12 1 2001-05-04']);
    assert.deepEqual(await announced(), [
      'MovieCredits 11 2 updated ["movie-11", "person-1", "person-2"]',
      'MovieCredits 12 2 updated ["movie-12", "person-1"]',
    ]);
    await follow(change('12', 'deleted'));
    await follow(change('12', 'created', told('2002-05-04')));
    assert.deepEqual((await dates()).at(-1), '12 1 2002-05-04', 'and when it comes back');
  });

  it('whatever order credits and dates commit in, all credits are dated', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `${n}`);
    await Promise.all(
      ids.flatMap((id, n) => [
        observe(database.pool, [movieOf(id, { cast: [part(`p${n % 3}`)] })]),
        follow(change(id, 'created', { film: { releaseDate: '1999-03-30' } })),
      ]),
    );
    assert.deepEqual(
      await lines("select movie_id as line from credits where release_date is distinct from '1999-03-30'"),
      [],
    );
  });

  it('takes the credits of a deleted movie out of sight, and no others', async () => {
    await observe(database.pool, [movieOf('11', cast), movieOf('12', { crew: [job('1')] })]);
    await announced();
    await follow(change('11', 'deleted'), change('12', 'updated'));
    assert.deepEqual(await credits(), ['12 1 Production']);
    assert.deepEqual(await announced(), ['MovieCredits 11 2 deleted ["movie-11"]']);
  });

  it('shows them again when the movie is there again', async () => {
    await observe(database.pool, [movieOf('11', cast)]);
    const shown = await database.pool.query('select key, person_id, place, cast_id from credits order by key');
    await follow(change('11', 'deleted'));
    await follow(change('11', 'deleted'));
    await announced();
    await follow(change('11', 'created'));
    assert.deepEqual(
      (await database.pool.query('select key, person_id, place, cast_id from credits order by key')).rows,
      shown.rows,
    );
    assert.deepEqual(await announced(), ['MovieCredits 11 3 created ["movie-11", "person-1", "person-2"]']);
    await follow(change('11', 'updated'));
    assert.deepEqual(await announced(), []);
  });

  it('credits that become known of a deleted movie wait until it is there again', async () => {
    await follow(change('11', 'deleted'));
    await observe(database.pool, [movieOf('11', cast)]);
    assert.deepEqual(await credits(), []);
    assert.deepEqual(await announced(), [
      'Person 1 1 created ["person-1", "persons"]',
      'Person 2 1 created ["person-2", "persons"]',
    ]);
    await observe(database.pool, [movieOf('11', { crew: [job('1')] })], new Date('2026-11-23T00:00:00Z'));
    await follow(change('11', 'created'));
    assert.deepEqual(await credits(), ['11 1 Production'], 'the latest of them');
    assert.deepEqual(await announced(), [
      'Person 2 2 deleted ["person-2", "persons"]',
      'MovieCredits 11 1 created ["movie-11", "person-1"]',
    ]);
  });

  it('credits that are deleted while the movie is gone do not come back with it', async () => {
    await observe(database.pool, [movieOf('11', cast)]);
    await follow(change('11', 'deleted'));
    await forget('11');
    await follow(change('11', 'created'));
    assert.deepEqual(await credits(), []);
  });

  it('whatever order credits and deletions of many movies commit in, no deleted movie has credits', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `${n}`);
    await Promise.all(
      ids.flatMap((id, n) => [
        observe(database.pool, [movieOf(id, { cast: [part(`p${n % 3}`)] })]),
        follow(change(id, 'deleted')),
      ]),
    );
    assert.deepEqual(await credits(), []);
    await follow(...ids.map((id) => change(id, 'created')));
    assert.equal((await credits()).length, ids.length, 'and none was lost');
  });
});
