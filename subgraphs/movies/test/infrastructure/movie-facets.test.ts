import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { randomMovies } from '../fixtures/random-movies.ts';

let database: MoviesDatabase;
before(async () => {
  database = await moviesDatabase();
});
after(() => database.drop());

const query = async <Row>(text: string, values: unknown[] = []) =>
  (await database.pool.query(text, values)).rows as Row[];

/** Movies whose facets are not what their lists hold. */
const wrong = () =>
  query<{ id: string }>(`
    select m.id from movies m left join movie_facets f on f.movie_id = m.id
    where f.facets is distinct from facets_of(m.id) or f.stale`);

const facetsOf = async (id: string) =>
  (await query<{ facets: string[] }>('select facets from movie_facets where movie_id = $1', [id]))[0]?.facets;

describe('the facets of movies', () => {
  const movies = randomMovies(200, 7).map(({ details }) => details);
  const [one] = movies;

  it('are what the lists hold, when movies come and when they come again with other lists', async () => {
    await observe(database.pool, movies);
    assert.deepEqual(await wrong(), []);
    const held = await query<{ facets: string }>('select count(distinct facets)::integer as facets from movie_facets');
    assert.ok(Number(held[0]?.facets) > 100, JSON.stringify(held));
    await observe(
      database.pool,
      movies.map((movie, index) => ({
        ...movie,
        keywords: movies[(index + 1) % movies.length]?.keywords ?? [],
        genres: [],
      })),
    );
    assert.deepEqual(await wrong(), []);
    assert.deepEqual(
      await query("select from movie_facets where facets::text like '%g%' and facets::text ~ '[{,]g'"),
      [],
    );
  });

  it('follow whoever writes, once the transaction commits, and go with the movie', async () => {
    const id = one?.movieId as string;
    const before = await facetsOf(id);
    await assert.rejects(
      inTransaction(database.pool, async (tx) => {
        await tx.query('delete from movie_keywords');
        throw new Error('gives up');
      }),
    );
    assert.deepEqual(await facetsOf(id), before);
    await query("update movie_releases set certification = 'other' where certification is not null");
    await query('delete from movie_production_companies where movie_id = $1', [id]);
    assert.deepEqual(await wrong(), []);
    await query('delete from movies where id = $1', [id]);
    assert.equal(await facetsOf(id), undefined);
    assert.deepEqual(await wrong(), []);
  });
});
