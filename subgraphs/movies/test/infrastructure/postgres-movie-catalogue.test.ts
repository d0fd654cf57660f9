import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { MovieDetails } from '@marquee/events/generated/movie-details';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import type { SelectableMovie } from '../../src/application/movie-selection.ts';
import { EVERY_FACT } from '../../src/infrastructure/movie-columns.ts';
import { handleMovieDetails } from '../../src/infrastructure/movie-details-handler.ts';
import { postgresMovieCatalogue } from '../../src/infrastructure/postgres-movie-catalogue.ts';
import { postgresMovieParts, postgresSharedParts } from '../../src/infrastructure/postgres-movie-parts.ts';
import { postgresMovieStore } from '../../src/infrastructure/postgres-movie-store.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { MOVIES, movieOf, THE_MATRIX, THE_MATRIX_RELOADED } from '../fixtures/movies.ts';

let database: MoviesDatabase;
before(async () => {
  database = await moviesDatabase();
});
after(() => database.drop());
beforeEach(() => database.pool.query('delete from movies'));

/** The movie as it would have been observed, read back. */
async function readBack(id: string): Promise<MovieDetails | undefined> {
  const { pool } = database;
  const found = await postgresMovieStore(pool).findByIds([id], EVERY_FACT);
  const movie = found.get(id) as SelectableMovie | undefined;
  if (movie === undefined) return undefined;
  const parts = postgresMovieParts(pool);
  const plain = <Row extends object>(rows: readonly Row[] | undefined) =>
    (rows ?? []).map((row) => {
      const { movieId: _, ...rest } = row as Row & { movieId?: string };
      return rest as unknown as Row;
    });
  const collections = await postgresSharedParts(pool).collectionsByIds(
    movie.collectionId === null ? [] : [movie.collectionId],
  );
  const { rows: releases } = await pool.query(
    `select country, type, to_char(date, 'YYYY-MM-DD"T00:00:00.000Z"') as date, certification, note, language, descriptors
    from movie_releases where movie_id = $1 order by position`,
    [id],
  );
  const { id: movieId, collectionId, observedAt: _o, updatedAt: _u, version: _v, ...facts } = movie;
  const { wikidataId, facebookId, instagramId, twitterId, ...single } = facts;
  return {
    ...single,
    movieId,
    externalIds: { wikidataId, facebookId, instagramId, twitterId },
    genres: plain((await parts.genresOf([id])).get(id)),
    productionCompanies: plain((await parts.productionCompaniesOf([id])).get(id)),
    productionCountries: plain((await parts.productionCountriesOf([id])).get(id)),
    originCountries: [...((await parts.originCountriesOf([id])).get(id) ?? [])],
    spokenLanguages: plain((await parts.spokenLanguagesOf([id])).get(id)),
    collection: collectionId == null ? null : (collections.get(collectionId) ?? null),
    keywords: plain((await parts.keywordsOf([id])).get(id)),
    releases,
  } as MovieDetails;
}

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

describe('catalogue', () => {
  it('keeps every fact of every movie', async () => {
    await observe(database.pool, MOVIES);
    for (const observed of MOVIES) assert.deepEqual(await readBack(observed.movieId), observed);
  });

  it('keeps lists in their order, also when one thing is named twice', async () => {
    const genres = [
      { id: 53, name: 'Thriller' },
      { id: 18, name: 'Drama' },
      { id: 53, name: 'Thriller' },
    ];
    await observe(database.pool, [movieOf('1', { genres })]);
    assert.deepEqual((await readBack('1'))?.genres, genres);
  });

  it('follows a later observation in everything: what is new, what is gone, what moved', async () => {
    await observe(database.pool, [THE_MATRIX], at(1));
    const later = movieOf('603', {
      title: 'Matrix',
      genres: THE_MATRIX.genres.toReversed(),
      productionCompanies: THE_MATRIX.productionCompanies.slice(1),
      keywords: [{ id: 9, name: 'hacker' }, ...THE_MATRIX.keywords],
      releases: THE_MATRIX.releases.map((release) => ({ ...release, note: null })),
    });
    await observe(database.pool, [later], at(2));
    assert.deepEqual(await readBack('603'), later);
  });

  it('does not touch the rows of a list that did not change', async () => {
    await observe(database.pool, [THE_MATRIX], at(1));
    const versions = async () => {
      const { rows } = await database.pool.query(
        'select xmin::text, xmax::text, position from movie_releases order by position',
      );
      return rows;
    };
    const before = await versions();
    await observe(database.pool, [{ ...THE_MATRIX, popularity: 82 }], at(2));
    assert.equal(before.length, 3);
    assert.deepEqual(await versions(), before);
  });

  it('names what movies share as the newest observation does, whatever came last', async () => {
    const withGenre = (id: string, name: string) => movieOf(id, { genres: [{ id: 10770, name }] });
    await observe(database.pool, [withGenre('1', 'TV Movie')], at(1));
    await observe(database.pool, [withGenre('2', 'Television Movie')], at(3));
    await observe(database.pool, [withGenre('3', 'TV Movie')], at(2));
    for (const id of ['1', '2', '3']) assert.equal((await readBack(id))?.genres[0]?.name, 'Television Movie');
  });

  it('takes the newest name within a batch', async () => {
    const observed = [at(2), at(3), at(1)].map((observedAt, index) => {
      const data = movieOf(`${index}`, { keywords: [{ id: 1701, name: `hero ${observedAt.getUTCSeconds()}` }] });
      return { subject: data.movieId, observedAt, data };
    });
    await inTransaction(database.pool, (tx) => handleMovieDetails(tx, { observed, deleted: [] }));
    assert.equal((await readBack('0'))?.keywords[0]?.name, 'hero 3');
  });

  it('removes a movie with its lists, and knows nothing of movies that were not there', async () => {
    await observe(database.pool, MOVIES);
    await inTransaction(database.pool, (tx) => postgresMovieCatalogue(tx).remove(['603', 'never-there']));
    assert.equal(await readBack('603'), undefined);
    assert.deepEqual(await readBack('604'), THE_MATRIX_RELOADED);
    const { rows } = await database.pool.query(`select 1 from movie_genres where movie_id = '603'`);
    assert.equal(rows.length, 0);
  });

  it('takes the same number of statements for one movie as for two hundred', async () => {
    const count = async (movies: readonly MovieDetails[]) => {
      let statements = 0;
      await inTransaction(database.pool, async (tx) => {
        const counting = {
          query: (...args: Parameters<Queryable['query']>) => {
            statements += 1;
            return tx.query(...args);
          },
        } as Queryable;
        const observed = movies.map((data) => ({ subject: data.movieId, observedAt: at(1), data }));
        await handleMovieDetails(counting, { observed, deleted: [] });
      });
      return statements;
    };
    const many = Array.from({ length: 200 }, (_, index) => ({ ...THE_MATRIX, movieId: `m-${index}` }));
    assert.equal(await count([{ ...THE_MATRIX, movieId: 'm' }]), await count(many));
  });

  it('does not write again what movies share and is called as before, but for once a day', async () => {
    const names = { genres: [{ id: 7_135, name: 'Comedy' }], keywords: [{ id: 7_101, name: 'heist' }] };
    const shared = async () =>
      (
        await database.pool.query(`
          select id, name, xmin, ctid from genres where id = 7135
          union all select id, name, xmin, ctid from keywords where id = 7101 order by id desc`)
      ).rows;
    const hours = (count: number) => new Date(Date.UTC(2026, 0, 1, count));
    await observe(database.pool, [movieOf('shares-1', names)], hours(0));
    const written = await shared();
    assert.equal(written.length, 2);
    for (const [id, at] of [
      ['shares-2', 1],
      ['shares-3', 23],
      ['shares-1', 12],
    ] as const) {
      await observe(database.pool, [movieOf(id, { ...names, title: `${id} at ${at}` })], hours(at));
      assert.deepEqual(await shared(), written, `${id} at ${at}`);
    }
    await observe(database.pool, [movieOf('shares-4', names)], hours(25));
    assert.notDeepEqual(await shared(), written);
    await observe(database.pool, [movieOf('shares-5', { genres: [{ id: 7_135, name: 'An older name' }] })], hours(24));
    assert.equal((await shared())[0]?.name, 'Comedy');
    await observe(database.pool, [movieOf('shares-6', { genres: [{ id: 7_135, name: 'Komödie' }] })], hours(26));
    assert.equal((await shared())[0]?.name, 'Komödie');
  });

  it('lets a batch pass while another holds what they share', { timeout: 20_000 }, async () => {
    const names = {
      genres: [{ id: 7_136, name: 'History' }],
      productionCompanies: [{ id: 7_202, name: 'A company', logoPath: null, originCountry: null }],
    };
    await observe(database.pool, [movieOf('holds-1', names)], new Date('2026-11-01T00:00:00Z'));
    await inTransaction(database.pool, async (other) => {
      await other.query('select from genres where id = 7136 for no key update');
      await other.query('select from companies where id = 7202 for no key update');
      await observe(database.pool, [movieOf('holds-2', names)], new Date('2026-11-01T06:00:00Z'));
    });
    assert.equal((await readBack('holds-2'))?.genres[0]?.name, 'History');
  });

  it('lets batches that share genres, companies and keywords in any order run at once', async () => {
    const shuffled = <Item>(items: readonly Item[], seed: number) =>
      items
        .map((item, index) => [((index + 1) * seed) % 97, item] as const)
        .toSorted(([a], [b]) => a - b)
        .map(([, item]) => item);
    const shared = Array.from({ length: 60 }, (_, id) => ({ id: 5000 + id, name: `shared ${id}` }));
    const batches = Array.from({ length: 12 }, (_, batch) =>
      Array.from({ length: 5 }, (_, index) =>
        movieOf(`${batch}-${index}`, {
          genres: shuffled(shared, batch + 3).slice(0, 20),
          keywords: shuffled(shared, batch + 11).slice(0, 40),
          productionCompanies: shuffled(shared, batch + 29).map(({ id, name }) => ({
            id,
            name,
            logoPath: null,
            originCountry: null,
          })),
        }),
      ),
    );
    await Promise.all(batches.map((movies, batch) => observe(database.pool, movies, at(batch))));
    const { rows } = await database.pool.query<{ count: number }>('select count(*) as count from movies');
    assert.equal(rows[0]?.count, 60);
  });
});
