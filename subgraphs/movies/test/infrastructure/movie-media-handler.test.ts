import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { MovieMedia } from '@marquee/events/generated/movie-media';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import { handleMovieDetails } from '../../src/infrastructure/movie-details-handler.ts';
import { handleMovieMedia } from '../../src/infrastructure/movie-media-handler.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { mediaOf, observeMedia, POSTER, TRAILER, translationOf } from '../fixtures/media.ts';
import { AMELIE, movieOf, THE_MATRIX } from '../fixtures/movies.ts';
import { outbox } from '../fixtures/writing.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

const NETFLIX = { id: 8, name: 'Netflix', logoPath: '/netflix.jpg' };

const WHOLE = mediaOf('603', {
  images: [POSTER, { ...POSTER, kind: 'LOGO', path: '/logo.svg', language: null, voteAverage: null, voteCount: 0 }],
  videos: [TRAILER],
  translations: [translationOf('fr-CA', { title: 'La Matrice' }), translationOf('ja', { runtime: 130 })],
  alternativeTitles: [{ country: 'CN', title: '黑客帝国', type: null }],
  watchProviders: [NETFLIX],
  watchOptions: [
    { country: 'BR', link: null, offers: [] },
    {
      country: 'FR',
      link: 'https://www.themoviedb.org/movie/603/watch?locale=FR',
      offers: [
        { kind: 'FLATRATE', providerId: 8, displayPriority: 0 },
        { kind: 'RENT', providerId: 9, displayPriority: 1 },
      ],
    },
  ],
  recommendedIds: ['604', '605'],
});

const TABLES = [
  'movie_images',
  'movie_videos',
  'movie_translations',
  'movie_alternative_titles',
  'movie_watch_countries',
  'movie_watch_offers',
  'movie_recommendations',
];

describe('media of movies', () => {
  let database: MoviesDatabase;
  before(async () => {
    database = await moviesDatabase();
  });
  after(() => database.drop());
  beforeEach(() =>
    database.pool.query(
      `delete from movies; delete from deleted_movies; delete from entity_versions; delete from outbox; delete from movie_media_overrides;
      ${TABLES.map((table) => `delete from ${table}`).join('; ')}`,
    ),
  );

  const deleteMedia = (movieId: string, second: number) =>
    inTransaction(database.pool, (tx) =>
      handleMovieMedia(tx, { observed: [], deleted: [{ subject: movieId, observedAt: at(second) }] }),
    );
  const deleteDetails = (movieId: string, second: number) =>
    inTransaction(database.pool, (tx) =>
      handleMovieDetails(tx, { observed: [], deleted: [{ subject: movieId, observedAt: at(second) }] }),
    );
  const rowsOf = async (table: string, columns: string) =>
    (await database.pool.query(`select ${columns} from ${table} order by movie_id, position`)).rows;
  const counts = async () => {
    const statement = TABLES.map((table) => `select count(*) as count from ${table}`).join(' union all ');
    return (await database.pool.query<{ count: number }>(statement)).rows.map(({ count }) => count);
  };
  const changes = async () =>
    ((await outbox(database.pool)) as { id: string; version: number; change: string }[]).map(
      ({ id, version, change }) => `${id} ${version} ${change}`,
    );

  it('is stored whole, with the names that it has', async () => {
    await observe(database.pool, [THE_MATRIX]);
    await observeMedia(database.pool, [WHOLE]);
    assert.deepEqual(await rowsOf('movie_images', 'kind, path, language, width, vote_average, vote_count'), [
      { kind: 'POSTER', path: '/poster.jpg', language: 'en', width: 2000, vote_average: 5.312, vote_count: 4 },
      { kind: 'LOGO', path: '/logo.svg', language: null, width: 2000, vote_average: null, vote_count: 0 },
    ]);
    assert.deepEqual(await rowsOf('movie_videos', 'edited, tmdb_id, key, type, official, size'), [
      { edited: false, tmdb_id: TRAILER.id, key: 'vKQi3bBA1y8', type: 'Trailer', official: true, size: 1080 },
    ]);
    assert.deepEqual(await rowsOf('movie_translations', 'language, country, title, runtime'), [
      { language: 'fr', country: 'CA', title: 'La Matrice', runtime: null },
      { language: 'ja', country: null, title: null, runtime: 130 },
    ]);
    assert.deepEqual(await rowsOf('movie_watch_countries', 'country'), [{ country: 'BR' }, { country: 'FR' }]);
    // The offer of a provider that the event does not name is left out.
    assert.deepEqual(await rowsOf('movie_watch_offers', 'country, kind, provider_id'), [
      { country: 'FR', kind: 'FLATRATE', provider_id: 8 },
    ]);
    assert.deepEqual(await rowsOf('movie_recommendations', 'recommended_id'), [
      { recommended_id: '604' },
      { recommended_id: '605' },
    ]);
    const { rows } = await database.pool.query('select code, english_name from translation_languages order by code');
    assert.deepEqual(rows, [
      { code: 'fr', english_name: 'fr in English' },
      { code: 'ja', english_name: 'ja in English' },
    ]);
  });

  it('announces the movie when it changes, with the time of the change, and nothing when it does not', async () => {
    await observe(database.pool, [THE_MATRIX, AMELIE]);
    await database.pool.query(`delete from outbox; update movies set updated_at = '2000-01-01'`);
    await observeMedia(database.pool, [WHOLE, mediaOf('194')], at(1));
    assert.deepEqual(await outbox(database.pool), [
      {
        ...{ entity: 'Movie', id: '603', version: 2, change: 'updated', tags: ['movie-603', 'movies'] },
        facts: { film: { releaseDate: '1999-03-31' } },
      },
    ]);
    const { rows } = await database.pool.query(`select id from movies where updated_at > '2001-01-01'`);
    assert.deepEqual(rows, [{ id: '603' }]);
    await observeMedia(database.pool, [WHOLE], at(2));
    assert.equal((await outbox(database.pool)).length, 1);
    await observeMedia(database.pool, [{ ...WHOLE, recommendedIds: ['605', '604'] }], at(3));
    assert.deepEqual((await changes()).at(-1), '603 3 updated');
  });

  it('of a movie whose details come later is announced with the movie', async () => {
    await observeMedia(database.pool, [WHOLE], at(1));
    assert.deepEqual(await outbox(database.pool), []);
    await observe(database.pool, [THE_MATRIX], at(2));
    assert.deepEqual(await changes(), ['603 1 created']);
    assert.deepEqual(await counts(), [2, 1, 2, 1, 2, 1, 2]);
  });

  it('goes with its own deletion, whichever of the two comes first, and comes back', async () => {
    await observe(database.pool, [THE_MATRIX]);
    await observeMedia(database.pool, [WHOLE]);
    await deleteMedia('603', 1);
    assert.deepEqual(await counts(), Array(7).fill(0));
    await deleteDetails('603', 1);
    assert.deepEqual(await changes(), ['603 1 created', '603 2 updated', '603 3 updated', '603 4 deleted']);
    await deleteMedia('603', 2);
    await observe(database.pool, [THE_MATRIX], at(3));
    await observeMedia(database.pool, [WHOLE], at(3));
    await deleteDetails('603', 4);
    await deleteMedia('603', 4);
    assert.deepEqual((await changes()).slice(4), ['603 5 created', '603 6 updated', '603 7 deleted']);
    assert.deepEqual(await counts(), Array(7).fill(0));
  });

  it('a deletion of an unknown movie leaves nothing behind', async () => {
    await deleteMedia('99', 1);
    const { rows } = await database.pool.query('select id from entity_versions');
    assert.deepEqual(rows, []);
  });

  it('is announced once when details and media come at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = `at-once-${round}`;
      await Promise.all([
        observe(database.pool, [movieOf(id)], at(round)),
        observeMedia(database.pool, [{ ...WHOLE, movieId: id }], at(round)),
      ]);
      const ofMovie = (await changes()).filter((change) => change.startsWith(`${id} `));
      assert.equal(ofMovie[0], `${id} 1 created`);
      assert.ok(ofMovie.length <= 2, ofMovie.join());
    }
  });

  it('takes the same number of statements for one movie as for two hundred', async () => {
    const count = async (media: readonly MovieMedia[], second: number) => {
      let statements = 0;
      await inTransaction(database.pool, async (tx) => {
        const counting = {
          query: (...args: Parameters<Queryable['query']>) => {
            statements += 1;
            return tx.query(...args);
          },
        } as Queryable;
        const observed = media.map((data) => ({ subject: data.movieId, observedAt: at(second), data }));
        await handleMovieMedia(counting, { observed, deleted: [] });
      });
      return statements;
    };
    const many = Array.from({ length: 200 }, (_, index) => ({ ...WHOLE, movieId: `m-${index}` }));
    await observe(
      database.pool,
      many.map(({ movieId }) => movieOf(movieId)),
    );
    const one = await count(many.slice(0, 1), 1);
    assert.equal(await count(many, 2), one);
    assert.ok(one <= 22, `${one} statements`);
  });

  it('stores 2,000 images, 60 translations and offers in 200 countries', async () => {
    await observe(database.pool, [THE_MATRIX]);
    const codes = Array.from({ length: 200 }, (_, index) =>
      String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26)),
    );
    const images = Array.from({ length: 2_000 }, (_, index) => ({ ...POSTER, path: `/${index}.jpg` }));
    const translations = codes
      .slice(0, 60)
      .map((code) => translationOf(code.toLowerCase(), { overview: 'x'.repeat(1_000) }));
    const offer = { kind: 'FLATRATE', providerId: 8, displayPriority: 0 } as const;
    const watchOptions = codes.map((country) => ({ country, link: null, offers: Array(15).fill(offer) }));
    const media = { ...mediaOf('603'), images, translations, watchOptions, watchProviders: [NETFLIX] };
    await observeMedia(database.pool, [media]);
    assert.deepEqual(await counts(), [2_000, 0, 60, 0, 200, 3_000, 0]);
    await observeMedia(database.pool, [mediaOf('603')], at(1));
    assert.deepEqual(await counts(), Array(7).fill(0));
  });
});
