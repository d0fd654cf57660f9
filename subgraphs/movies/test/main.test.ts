import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MOVIE_DETAILS } from '@marquee/events/topics';
import type { Pool } from '@marquee/postgres/pool';
import { emptyDatabase, type MoviesDatabase, moviesDatabase } from './fixtures/database.ts';
import { type TestEventLog, testEventLog } from './fixtures/event-log.ts';
import { eventually } from './fixtures/eventually.ts';
import { AMELIE, film, THE_MATRIX, THE_MATRIX_RELOADED } from './fixtures/films.ts';
import { openGate } from './fixtures/gate.ts';
import { dataOf, launch, type RunningSubgraph, runToEnd, startSubgraph } from './fixtures/subgraph.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

describe('migrate', () => {
  let database: MoviesDatabase;
  before(async () => {
    database = await emptyDatabase();
  });
  after(() => database.drop());

  it('makes roles, schema and tables on an empty database, again without effect, and then serves', async () => {
    assert.deepEqual(await runToEnd(['migrate'], { ...database.env, LOG_LEVEL: 'warn' }), { code: 0, stderr: '' });
    assert.equal((await runToEnd(['migrate'], database.env)).code, 0);
    const movies = await startSubgraph(['migrate', 'serve'], database.env);
    assert.deepEqual(dataOf(await movies.ask('{ movies { totalCount } }')).movies, { totalCount: 0 });
    assert.equal(await movies.stop(), 0);
  });

  it('lets the runtime role read and write rows, and nothing else', async () => {
    await database.pool.query(`insert into genres values (1, 'x', now())`);
    await assert.rejects(database.pool.query('create table movies.mine ()'), /permission denied/);
    await assert.rejects(database.pool.query('drop table movies.genres'), /must be owner/);
  });
});

describe('mistakes', () => {
  const unreachable = 'postgres://movies:x@127.0.0.1:1/marquee';
  for (const [what, roles, env, code, message] of [
    ['an unknown role', ['dance'], {}, 2, /serve, consume, migrate/],
    ['an unknown option', ['serve', '--fast'], {}, 2, /--fast/],
    ['a missing variable', ['serve'], {}, 2, /DATABASE_URL: is not set/],
    ['a database that cannot be reached', ['serve'], { DATABASE_URL: unreachable }, 3, /127\.0\.0\.1:1/],
    ['a log level that does not exist', ['serve'], { DATABASE_URL: unreachable, LOG_LEVEL: 'loud' }, 2, /LOG_LEVEL/],
  ] as const) {
    it(`are one message and an exit code: ${what}`, async () => {
      const result = await runToEnd(roles, env);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, message);
      assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
    });
  }

  it('are one message and an exit code: a port in use', async () => {
    const database = await moviesDatabase();
    const gate = await openGate(database.env.DATABASE_URL);
    try {
      const result = await runToEnd(['serve'], { ...database.env, PORT: new URL(gate.url).port });
      assert.equal(result.code, 2, result.stderr);
      assert.match(result.stderr, /set PORT to a free one/);
    } finally {
      await gate.shut();
      await database.drop();
    }
  });
});

describe('serve', () => {
  it('is not ready, but alive, while the database is away, and says so to clients', async () => {
    const database = await moviesDatabase();
    const gate = await openGate(database.env.DATABASE_URL);
    let movies: RunningSubgraph | undefined;
    try {
      movies = await startSubgraph(['serve'], { ...database.env, DATABASE_URL: gate.url });
      const { get } = movies;
      assert.equal((await get('/readyz')).status, 200);
      await gate.shut();
      assert.equal((await get('/readyz')).status, 503);
      assert.equal((await get('/healthz')).status, 200);
      const { errors } = await movies.ask('{ movie(id: "603") { id } }');
      assert.deepEqual(errors?.[0]?.extensions, { code: 'SERVICE_UNAVAILABLE' });
      await gate.open();
      await eventually(async () => assert.equal((await get('/readyz')).status, 200));
      assert.equal(dataOf(await movies.ask('{ movie(id: "603") { id } }')).movie, null);
    } finally {
      assert.equal(await movies?.stop(), 0);
      await gate.shut();
      await database.drop();
    }
  });
});

describe('consume', () => {
  let database: MoviesDatabase;
  let log: TestEventLog;
  before(async () => {
    database = await moviesDatabase();
    log = await testEventLog(database);
  });
  after(async () => {
    await log.eventLog.close();
    await database.drop();
  });

  it('brings events to clients: observed, observed again, out of order, deleted', async () => {
    const movies = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
    const tagline = async (id: string) =>
      dataOf(await movies.ask('query ($id: ID!) { movie(id: $id) { tagline } }', { id })).movie;
    try {
      await log.publish([THE_MATRIX, AMELIE], at(2));
      await eventually(async () => assert.deepEqual(await tagline('603'), { tagline: 'Free your mind.' }));
      await log.publish([{ ...THE_MATRIX, tagline: 'older' }], at(1));
      await log.publish([{ ...AMELIE, tagline: 'newer' }], at(3));
      await eventually(async () => assert.deepEqual(await tagline('194'), { tagline: 'newer' }));
      await log.publishDeleted(['603'], at(4));
      await eventually(async () => assert.equal(await tagline('603'), null));
      await log.publish([{ ...THE_MATRIX, tagline: 'seen before the deletion' }], at(3));
      await log.publish([THE_MATRIX_RELOADED], at(5));
      await eventually(async () => assert.notEqual(await tagline('604'), null));
      assert.equal(await tagline('603'), null);
    } finally {
      assert.equal(await movies.stop(), 0);
    }
  });

  it('puts aside what is no event, and goes on', async () => {
    const movies = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
    try {
      const [key, value] = [Buffer.from('42'), Buffer.from('{ not JSON')];
      await log.eventLog.publish(MOVIE_DETAILS.name, [{ key, value, headers: {} }]);
      await log.publish([film('42', { title: 'After It' })], at(1));
      await eventually(async () => {
        const { movie } = dataOf(await movies.ask('{ movie(id: "42") { title } }'));
        assert.deepEqual(movie, { title: 'After It' });
      });
      const ends = await log.eventLog.endOffsets('marquee.movies-dead-letters.v1');
      assert.equal(
        [...ends.values()].reduce((sum, end) => sum + end, 0n),
        1n,
      );
    } finally {
      assert.equal(await movies.stop(), 0);
    }
  });
});

describe('a consumer that is killed', () => {
  it('ends, restarted, in the state of one that was not', { timeout: 120_000 }, async () => {
    const [database, reference] = [await moviesDatabase(), await moviesDatabase()];
    const log = await testEventLog(database);
    try {
      const ids = Array.from({ length: 600 }, (_, index) => `${index + 1}`);
      for (let round = 0; round < 4; round += 1) {
        const films = ids.map((id) => ({
          ...THE_MATRIX,
          movieId: id,
          title: `Film ${id}, seen ${round}`,
          genres: THE_MATRIX.genres.map((genre) => ({ ...genre, name: `${genre.name} ${round}` })),
          releases: THE_MATRIX.releases.slice(round % 3),
        }));
        await log.publish(films, at(round));
      }
      await log.publishDeleted(ids.slice(0, 20), at(10));
      const done = [...(await log.eventLog.endOffsets(MOVIE_DETAILS.name)).values()].reduce((a, b) => a + b, 0n);

      let kills = 0;
      while (kills < 4) {
        const consumer = launch(['consume'], { ...database.env, ...log.env });
        const caught = await isWriting(database.pool, done);
        await consumer.kill();
        if (!caught) break;
        kills += 1;
      }
      assert.ok(kills >= 2, `killed in the middle of a transaction ${kills} times`);
      for (const each of [database, reference]) {
        const consumer = await startSubgraph(['consume'], { ...each.env, ...log.env });
        await eventually(async () => assert.equal(await applied(each.pool), done), 60_000);
        assert.equal(await consumer.stop(), 0);
      }
      const [state, expected] = [await stateOf(database.pool), await stateOf(reference.pool)];
      assert.equal(expected.movies?.length, 580);
      assert.deepEqual(state, expected);
    } finally {
      await log.eventLog.close();
      await database.drop();
      await reference.drop();
    }
  });
});

/** Whether a consumer is in the middle of a transaction; false when everything is applied before it was seen there. */
async function isWriting(pool: Pool, done: bigint): Promise<boolean> {
  while ((await applied(pool)) < done) {
    const { rows } = await pool.query(
      `select from pg_stat_activity where application_name = 'marquee-movies' and state <> 'idle' and query like 'insert into movie%'`,
    );
    if (rows.length > 0) return true;
  }
  return false;
}

/** How many records of all partitions are applied. */
async function applied(pool: Pool): Promise<bigint> {
  const { rows } = await pool.query<{ sum: number | null }>(
    'select sum(next_offset)::bigint as sum from inbox_offsets',
  );
  return BigInt(rows[0]?.sum ?? 0);
}

/** Every row of every table, without the moments at which they were written. */
async function stateOf(pool: Pool): Promise<Record<string, unknown[]>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'movies'::regnamespace and relkind = 'r' and relname not like 'schema_migrations%' order by 1`,
  );
  const state: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: unknown }>(
      `select to_jsonb(t) - 'updated_at' as row from ${name} t order by (to_jsonb(t) - 'updated_at')::text`,
    );
    state[name] = rows.map(({ row }) => row);
  }
  return state;
}
