import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { MOVIE_DETAILS } from '@marquee/events/topics';
import { inTransaction } from '@marquee/postgres/transaction';
import { testEventLog } from '@marquee/testing/event-log';
import { eventually } from '@marquee/testing/eventually';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { handleMovieDetails } from '../../src/infrastructure/movie-details-handler.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { AMELIE, MOVIES, THE_MATRIX, THE_MATRIX_RELOADED } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';
import { outbox, write } from '../fixtures/writing.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

const SHOWN = `version title tagline runtime releaseDate observedAt genres { id } collection { id }
  releases { country type date certification note language descriptors } overrides { field }`;

describe('what clients edited, and what TMDb says', () => {
  let database: MoviesDatabase;
  let movies: RunningSubgraph;
  before(async () => {
    database = await moviesDatabase();
    movies = await startSubgraph(['serve'], database.env);
  });
  after(async () => {
    assert.equal(await movies.stop(), 0);
    await database.drop();
  });
  beforeEach(async () => {
    await database.pool.query(
      'delete from movies; delete from deleted_movies; delete from absent_movie_edits; delete from entity_versions',
    );
    await observe(database.pool, MOVIES, at(0));
    await database.pool.query('delete from outbox');
  });

  const read = async (id: string, fields = SHOWN) =>
    dataOf(await movies.ask(`query ($id: ID!) { movie(id: $id) { ${fields} } }`, { id })).movie;
  const deleteAsTmdb = (movieId: string, second: number) =>
    inTransaction(database.pool, (tx) =>
      handleMovieDetails(tx, { observed: [], deleted: [{ subject: movieId, observedAt: at(second) }] }),
    );
  const genre = (id: number) => ({ id, name: `genre ${id}` });

  it('edited fields win, the others follow TMDb, and a release brings back its latest word', async () => {
    const releases = [{ country: 'FR', type: 'TV', date: '2001-01-01' }];
    const input = { title: 'Mine', tagline: null, genreIds: ['28'], collectionId: null, releases };
    await write(movies, 'updateMovie', { id: '603', version: 1, input });
    const later = { ...THE_MATRIX, title: 'TMDb’s', tagline: 'new', runtime: 150, genres: [genre(878), genre(1)] };
    await observe(database.pool, [later, AMELIE], at(1));
    const mine = await read('603');
    assert.deepEqual(
      [mine.version, mine.title, mine.tagline, mine.runtime, mine.genres, mine.collection, mine.releases.length],
      [3, 'Mine', null, 150, [{ id: '28' }], null, 1],
    );
    assert.equal(mine.observedAt, at(1).toISOString());

    const some = { id: '603', version: 3, fields: ['TITLE', 'GENRE_IDS', 'RUNTIME'] };
    const released = await write(movies, 'releaseOverrides', some, SHOWN);
    assert.deepEqual(
      [released.version, released.title, released.tagline, released.genres, released.collection],
      [4, 'TMDb’s', null, [{ id: '878' }, { id: '1' }], null],
    );
    assert.deepEqual(released.overrides, [{ field: 'COLLECTION_ID' }, { field: 'RELEASES' }, { field: 'TAGLINE' }]);

    const rest = await write(movies, 'releaseOverrides', { id: '603', version: 4 }, SHOWN);
    assert.deepEqual([rest.version, rest.tagline, rest.collection, rest.overrides], [5, 'new', { id: '2344' }, []]);
    assert.deepEqual(rest.releases.length, THE_MATRIX.releases.length);
    await database.pool.query('delete from outbox');
    await observe(database.pool, [{ ...later, title: 'Once more' }], at(2));
    assert.deepEqual(await read('603', 'version title overrides { field }'), {
      version: 6,
      title: 'Once more',
      overrides: [],
    });
    assert.equal((await outbox(database.pool)).length, 1);
  });

  it('an observation that differs in edited fields alone is kept, and changes nothing that is shown', async () => {
    await write(movies, 'updateMovie', { id: '603', version: 1, input: { title: 'Mine', genreIds: [] } });
    const shown = await read('603');
    await database.pool.query('delete from outbox');
    await observe(database.pool, [{ ...THE_MATRIX, title: 'TMDb’s', genres: [genre(878)] }], at(1));
    assert.deepEqual(await read('603'), shown);
    assert.deepEqual(await outbox(database.pool), []);
    const released = await write(movies, 'releaseOverrides', { id: '603', version: 2 }, SHOWN);
    assert.deepEqual([released.version, released.title, released.genres], [3, 'TMDb’s', [{ id: '878' }]]);
  });

  it('a field that is set to what TMDb says is the client’s as well, and an edit of an edit keeps what TMDb said', async () => {
    await write(movies, 'updateMovie', { id: '603', version: 1, input: { runtime: 136 } });
    await observe(database.pool, [{ ...THE_MATRIX, runtime: 140 }], at(1));
    assert.deepEqual(await read('603', 'version runtime'), { version: 2, runtime: 136 });
    await write(movies, 'updateMovie', { id: '603', version: 2, input: { runtime: 1 } });
    await write(movies, 'updateMovie', { id: '603', version: 3, input: { runtime: 2 } });
    const released = await write(movies, 'releaseOverrides', { id: '603', version: 4 }, SHOWN);
    assert.deepEqual([released.version, released.runtime], [5, 140]);
  });

  it('a release of what is not overridden changes nothing, and refuses another version and who is not there', async () => {
    const { id } = await write(movies, 'createMovie', { input: { title: 'Metropolis' } });
    await database.pool.query('delete from outbox');
    assert.equal((await write(movies, 'releaseOverrides', { id, version: 1 })).version, 1);
    assert.equal((await write(movies, 'releaseOverrides', { id: '603', version: 1, fields: ['TITLE'] })).version, 1);
    assert.deepEqual(await outbox(database.pool), []);
    assert.equal((await write(movies, 'releaseOverrides', { id: '603', version: 2 })).currentVersion, 1);
    assert.equal((await write(movies, 'releaseOverrides', { id: 'nobody', version: 1 })).__typename, 'NotFoundError');
  });

  it('the result of a release is stored as one object, and a repeated release returns it', async () => {
    await write(movies, 'updateMovie', { id: '603', version: 1, input: { title: 'Mine' } });
    const release = { id: '603', version: 2, idempotencyKey: 'release' };
    const released = await write(movies, 'releaseOverrides', release);
    const { rows } = await database.pool.query(`select result from idempotency_keys where key = 'release'`);
    assert.deepEqual(rows, [{ result: { id: '603', version: 3, deleted: false } }]);
    assert.deepEqual(await write(movies, 'releaseOverrides', release), released);
    await write(movies, 'deleteMovie', { id: '603', version: 3 });
    assert.equal((await write(movies, 'releaseOverrides', release)).code, 'NOT_FOUND');
  });

  it('a movie that a client deleted stays away until it is released, and then is as TMDb has it', async () => {
    await write(movies, 'updateMovie', { id: '603', version: 1, input: { title: 'Mine', genreIds: [] } });
    await write(movies, 'deleteMovie', { id: '603', version: 2 });
    await database.pool.query('delete from outbox');
    await observe(database.pool, [{ ...THE_MATRIX, runtime: 150 }, THE_MATRIX_RELOADED], at(1));
    assert.equal(await read('603'), null);
    await deleteAsTmdb('603', 2);
    await observe(database.pool, [{ ...THE_MATRIX, runtime: 151 }], at(3));
    assert.equal(await read('603'), null);
    const told = (await outbox(database.pool)) as readonly { id: string }[];
    assert.deepEqual(
      told.map(({ id }) => id),
      ['604'],
    );
    const refused = await write(movies, 'releaseOverrides', { id: '603', version: 3, fields: ['TITLE'] });
    assert.deepEqual([refused.faults[0].path, refused.faults[0].code], [['fields'], 'DELETED']);
    assert.equal((await write(movies, 'releaseOverrides', { id: '603', version: 2 })).currentVersion, 3);
    const back = await write(movies, 'releaseOverrides', { id: '603', version: 3 }, SHOWN);
    assert.deepEqual(
      [back.version, back.title, back.runtime, back.observedAt, back.overrides, back.genres.length],
      [4, 'The Matrix', 151, at(3).toISOString(), [], 2],
    );
    assert.deepEqual((await outbox(database.pool)).at(-1), {
      ...{ entity: 'Movie', id: '603', version: 4, change: 'created', tags: ['movie-603', 'movies'] },
      facts: { film: { releaseDate: '1999-03-31' } },
    });
    await observe(database.pool, [{ ...THE_MATRIX, runtime: 152 }], at(4));
    assert.equal((await read('603')).runtime, 152);
  });

  it('a movie that both have deleted cannot come back while TMDb has none', async () => {
    await write(movies, 'deleteMovie', { id: '603', version: 1 });
    await deleteAsTmdb('603', 1);
    assert.equal((await write(movies, 'releaseOverrides', { id: '603', version: 2 })).__typename, 'NotFoundError');
    await observe(database.pool, [THE_MATRIX], at(2));
    assert.equal(await read('603'), null);
    assert.equal((await write(movies, 'releaseOverrides', { id: '603', version: 2 })).version, 3);
  });

  it('what clients edited stands again when TMDb has deleted the movie and tells of it again', async () => {
    const releases = [{ country: 'FR', type: 'TV', date: '2001-01-01' }];
    const input = { title: 'Mine', tagline: null, genreIds: ['28'], collectionId: null, budget: 5, releases };
    await write(movies, 'updateMovie', { id: '603', version: 1, input });
    const edited = await read('603', `${SHOWN} budget`);
    const { rows: editedAt } = await database.pool.query('select field, edited_at from movie_overrides order by field');
    for (const round of [1, 2]) {
      await deleteAsTmdb('603', round * 2 - 1);
      assert.equal(await read('603'), null);
      await database.pool.query('delete from outbox');
      await observe(database.pool, [{ ...THE_MATRIX, runtime: 150 + round, title: 'TMDb’s' }], at(round * 2));
      assert.deepEqual(await read('603', `${SHOWN} budget`), {
        ...edited,
        version: 2 + 2 * round,
        runtime: 150 + round,
        observedAt: at(round * 2).toISOString(),
      });
      assert.deepEqual(await outbox(database.pool), [
        {
          ...{ entity: 'Movie', id: '603', version: 2 + 2 * round, change: 'created', tags: ['movie-603', 'movies'] },
          facts: { film: { releaseDate: '1999-03-31' } },
        },
      ]);
    }
    const { rows } = await database.pool.query('select field, edited_at from movie_overrides order by field');
    assert.deepEqual(rows, editedAt);
    const released = await write(movies, 'releaseOverrides', { id: '603', version: 6 }, SHOWN);
    assert.deepEqual([released.title, released.overrides, released.genres.length], ['TMDb’s', [], 2]);
  });

  it('a movie that nobody edited comes back as TMDb has it, and so do fields that were released', async () => {
    await write(movies, 'updateMovie', { id: '604', version: 1, input: { title: 'Mine', runtime: 1 } });
    await write(movies, 'releaseOverrides', { id: '604', version: 2, fields: ['RUNTIME'] });
    for (const id of ['603', '604']) await deleteAsTmdb(id, 1);
    await deleteAsTmdb('604', 2);
    await observe(database.pool, [THE_MATRIX, THE_MATRIX_RELOADED], at(3));
    const shown = 'title runtime overrides { field }';
    assert.deepEqual(await read('603', shown), { title: THE_MATRIX.title, runtime: THE_MATRIX.runtime, overrides: [] });
    assert.deepEqual(await read('604', shown), {
      title: 'Mine',
      runtime: THE_MATRIX_RELOADED.runtime,
      overrides: [{ field: 'TITLE' }],
    });
  });

  it('a movie whose edits came back can be deleted by a client, and is released as TMDb has it', async () => {
    await write(movies, 'updateMovie', { id: '603', version: 1, input: { title: 'Mine' } });
    await deleteAsTmdb('603', 1);
    await observe(database.pool, [THE_MATRIX], at(2));
    await write(movies, 'deleteMovie', { id: '603', version: 4 });
    await deleteAsTmdb('603', 3);
    await observe(database.pool, [THE_MATRIX], at(4));
    assert.equal(await read('603'), null);
    const back = await write(movies, 'releaseOverrides', { id: '603', version: 5 }, SHOWN);
    assert.deepEqual([back.title, back.overrides], [THE_MATRIX.title, []]);
  });

  it('an edit and an observation of one movie do not undo one another, whichever comes first', async () => {
    for (let round = 1; round <= 10; round++) {
      const { version } = await read('603', 'version');
      const variables = { id: '603', version, input: { title: `mine ${round}` } };
      const [edit] = await Promise.all([
        write(movies, 'updateMovie', variables),
        observe(database.pool, [{ ...THE_MATRIX, title: `TMDb’s ${round}`, runtime: 100 + round }], at(round)),
      ]);
      const shown = await read('603', 'version title runtime');
      assert.equal(shown.runtime, 100 + round);
      if (edit.__typename === 'Movie') assert.equal(shown.title, `mine ${round}`);
      else assert.equal(edit.currentVersion, shown.version);
    }
  });

  it('takes the same number of statements for one movie as for many, with edits or without', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ ...THE_MATRIX, movieId: `m-${index}` }));
    await observe(database.pool, many, at(0));
    const count = async (some: typeof many, runtime: number) => {
      let statements = 0;
      await inTransaction(database.pool, async (tx) => {
        const counting: typeof tx = Object.create(tx);
        counting.query = ((...args: Parameters<typeof tx.query>) => {
          statements++;
          return tx.query(...args);
        }) as typeof tx.query;
        const observed = some.map((data) => ({ subject: data.movieId, observedAt: at(1), data: { ...data, runtime } }));
        await handleMovieDetails(counting, { observed, deleted: [] });
      });
      return statements;
    };
    const untouched = await count(many, 1);
    assert.equal(await count(many.slice(0, 1), 2), untouched);
    for (let from = 0; from < many.length; from += 20) {
      const changes = many
        .slice(from, from + 20)
        .map(({ movieId: id }, index) =>
          from + index < 30
            ? { update: { id, version: from + index === 0 ? 3 : 2, input: { title: 'Mine' } } }
            : { delete: { id, version: 2 } },
        );
      assert.equal((await write(movies, 'changeMovies', { changes })).__typename, 'ChangedMovies');
    }
    const edited = await count(many, 3);
    assert.equal(await count([many[1], many[40], many[59]] as typeof many, 4), edited);
    assert.equal(edited, untouched + 3);
  });
});

it('holds for events as they come in', async () => {
  const database = await moviesDatabase();
  const log = await testEventLog(database, MOVIE_DETAILS);
  const movies = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
  const titles = async () =>
    dataOf(await movies.ask('{ moviesByIds(ids: ["603", "604"]) { title runtime } }')).moviesByIds;
  try {
    await log.publish([THE_MATRIX, THE_MATRIX_RELOADED, AMELIE], at(1));
    await eventually(async () => assert.ok((await titles()).every(Boolean)));
    await write(movies, 'updateMovie', { id: '603', version: 1, input: { title: 'Mine' } });
    await write(movies, 'deleteMovie', { id: '604', version: 1 });
    await log.publish(
      [
        { ...THE_MATRIX, title: 'TMDb’s', runtime: 150 },
        { ...THE_MATRIX_RELOADED, runtime: 151 },
      ],
      at(2),
    );
    await eventually(async () => assert.deepEqual(await titles(), [{ title: 'Mine', runtime: 150 }, null]));
    assert.equal((await write(movies, 'releaseOverrides', { id: '603', version: 3 })).title, 'TMDb’s');
    const back = await eventually(async () => {
      const movie = await write(movies, 'releaseOverrides', { id: '604', version: 2 }, 'runtime version');
      assert.equal(movie.__typename, 'Movie');
      return movie;
    });
    assert.equal(back.version, 3);
    await log.publish([{ ...THE_MATRIX_RELOADED, runtime: 152 }], at(3));
    await eventually(async () =>
      assert.deepEqual(await titles(), [
        { title: 'TMDb’s', runtime: 150 },
        { title: 'The Matrix Reloaded', runtime: 152 },
      ]),
    );
  } finally {
    assert.equal(await movies.stop(), 0);
    await log.eventLog.close();
    await database.drop();
  }
});
