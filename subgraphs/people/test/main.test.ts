import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MOVIE_CREDITS } from '@marquee/events/topics';
import type { Pool } from '@marquee/postgres/pool';
import { film, job, part, person } from './fixtures/credits.ts';
import { emptyDatabase, type PeopleDatabase, peopleDatabase } from './fixtures/database.ts';
import { type TestEventLog, testEventLog } from './fixtures/event-log.ts';
import { eventually } from './fixtures/eventually.ts';
import { openGate } from './fixtures/gate.ts';
import { dataOf, type RunningSubgraph, runToEnd, startSubgraph } from './fixtures/subgraph.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

describe('migrate', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await emptyDatabase();
  });
  after(() => database.drop());

  it('makes roles, schema and tables on an empty database, again without effect, and then serves', async () => {
    assert.deepEqual(await runToEnd(['migrate'], { ...database.env, LOG_LEVEL: 'warn' }), { code: 0, stderr: '' });
    assert.equal((await runToEnd(['migrate'], database.env)).code, 0);
    const people = await startSubgraph(['migrate', 'serve'], database.env);
    assert.deepEqual(dataOf(await people.ask('{ people { totalCount } }')).people, { totalCount: 0 });
    assert.equal(await people.stop(), 0);
  });
});

describe('mistakes', () => {
  const unreachable = 'postgres://people:x@127.0.0.1:1/marquee';
  for (const [what, roles, env, code, message] of [
    ['an unknown role', ['dance'], {}, 2, /serve, consume, migrate/],
    ['an unknown option', ['serve', '--fast'], {}, 2, /--fast/],
    ['a missing variable', ['serve'], {}, 2, /DATABASE_URL: is not set/],
    ['a missing owner', ['migrate'], { DATABASE_URL: unreachable }, 2, /DATABASE_OWNER_URL: is not set/],
    ['a database that cannot be reached', ['serve'], { DATABASE_URL: unreachable }, 3, /127\.0\.0\.1:1/],
  ] as const) {
    it(`are one message and an exit code: ${what}`, async () => {
      const result = await runToEnd(roles, env);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, message);
      assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
    });
  }

  it('are one message and an exit code: no event log, or one that cannot be reached', async () => {
    const database = await peopleDatabase();
    try {
      const missing = await runToEnd(['consume'], database.env);
      assert.equal(missing.code, 2, missing.stderr);
      assert.match(missing.stderr, /KAFKA_BROKERS.*EVENT_LOG_URL/);
      const away = await runToEnd(['consume'], { ...database.env, EVENT_LOG_URL: unreachable });
      assert.equal(away.code, 3, away.stderr);
      assert.match(away.stderr, /127\.0\.0\.1:1/);
    } finally {
      await database.drop();
    }
  });
});

describe('serve', () => {
  it('is not ready, but alive, while the database is away, and says so to clients', async () => {
    const database = await peopleDatabase();
    const gate = await openGate(database.env.DATABASE_URL);
    const people = await startSubgraph(['serve'], { ...database.env, DATABASE_URL: gate.url });
    try {
      assert.equal((await people.get('/readyz')).status, 200);
      await gate.shut();
      assert.equal((await people.get('/readyz')).status, 503);
      assert.equal((await people.get('/healthz')).status, 200);
      const { errors } = await people.ask('{ person(id: "1") { id } }');
      assert.deepEqual(errors?.[0]?.extensions, { code: 'SERVICE_UNAVAILABLE' });
      await gate.open();
      await eventually(async () => assert.equal((await people.get('/readyz')).status, 200));
      assert.equal(dataOf(await people.ask('{ person(id: "1") { id } }')).person, null);
    } finally {
      assert.equal(await people.stop(), 0);
      await gate.shut().catch(() => {});
      await database.drop();
    }
  });
});

describe('consume', () => {
  let database: PeopleDatabase;
  let log: TestEventLog;
  let people: RunningSubgraph;
  before(async () => {
    database = await peopleDatabase();
    log = await testEventLog(database);
    people = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
  });
  after(async () => {
    assert.equal(await people?.stop(), 0);
    await log?.eventLog.close();
    await database?.drop();
  });

  const characters = async (movieId: string): Promise<string[]> => {
    const query = `query ($movies: [_Any!]!) {
      _entities(representations: $movies) { ... on Movie { cast { edges { node { character } } } } }
    }`;
    const { _entities } = dataOf(await people.ask(query, { movies: [{ __typename: 'Movie', id: movieId }] }));
    return _entities[0].cast.edges.map(({ node }: { node: { character: string } }) => node.character);
  };
  const nameOf = async (id: string) =>
    dataOf(await people.ask('query ($id: ID!) { person(id: $id) { name } }', { id })).person?.name;
  const played = (movieId: string, character: string, name: string) =>
    film(movieId, { cast: [part('6384', { character, person: person('6384', { name }) })] });

  it('brings events to clients: observed, observed again, out of order, deleted', async () => {
    await log.publish([played('603', 'Neo', 'Keanu Reeves'), played('7', 'Ted', 'Keanu Reeves')], at(2));
    await eventually(async () => assert.deepEqual(await characters('603'), ['Neo']));
    await log.publish([played('603', 'older', 'Older')], at(1));
    await log.publish([played('7', 'newer', 'Newer')], at(3));
    await eventually(async () => assert.deepEqual(await characters('7'), ['newer']));
    await log.publishDeleted(['603'], at(4));
    await eventually(async () => assert.deepEqual(await characters('603'), []));
    await log.publish([played('603', 'seen before the deletion', 'Older')], at(3));
    await log.publish([film('604', { cast: [part('1', { character: 'Smith' })] })], at(5));
    await eventually(async () => assert.deepEqual(await characters('604'), ['Smith']));
    assert.deepEqual(await characters('603'), []);
    assert.equal(await nameOf('6384'), 'Newer');
  });

  it('puts aside what is no event, and goes on', async () => {
    const [key, value] = [Buffer.from('42'), Buffer.from('{ not JSON')];
    await log.eventLog.publish(MOVIE_CREDITS.name, [{ key, value, headers: {} }]);
    await log.publish([film('42', { cast: [part('1', { character: 'Marvin' })] })], at(1));
    await eventually(async () => assert.deepEqual(await characters('42'), ['Marvin']));
    const ends = await log.eventLog.endOffsets('marquee.people-dead-letters.v1');
    assert.equal(
      [...ends.values()].reduce((sum, end) => sum + end, 0n),
      1n,
    );
  });
});

describe('a consumer that is killed', () => {
  it('ends, restarted, in the state of one that was not', { timeout: 120_000 }, async () => {
    const [database, reference] = [await peopleDatabase(), await peopleDatabase()];
    const log = await testEventLog(database);
    try {
      const ids = Array.from({ length: 240 }, (_, index) => index + 1);
      for (let round = 0; round < 4; round += 1) {
        const facts = (id: number) => person(`${id}`, { name: `Person ${id}, seen ${round}`, popularity: round });
        // Every person is also in films that stay, so that the last round names each of them.
        const films = ids.map((id) =>
          film(`${id}`, {
            cast: Array.from({ length: 12 }, (_, order) =>
              part('', { creditId: `${id}-${order}`, order, person: facts((id * 7 + order) % 60) }),
            ),
            crew: Array.from({ length: 6 + round }, (_, index) =>
              job('', { creditId: `${id}-crew-${index}`, person: facts((id + index) % 60) }),
            ),
          }),
        );
        await log.publish(films, at(round));
      }
      await log.publishDeleted(ids.slice(0, 30).map(String), at(10));
      const done = [...(await log.eventLog.endOffsets(MOVIE_CREDITS.name)).values()].reduce((a, b) => a + b, 0n);

      let interrupted = 0;
      for (let kill = 0; (await applied(database.pool)) < done && kill < 6; kill += 1) {
        const consumer = await startSubgraph(['consume'], { ...database.env, ...log.env });
        const before = await applied(database.pool);
        await eventually(async () => assert.ok((await applied(database.pool)) > before || before === done));
        await sleep(kill * 7);
        await consumer.kill();
        const reached = await applied(database.pool);
        if (reached > 0n && reached < done) interrupted += 1;
      }
      assert.ok(interrupted > 0, 'no kill came in the middle');
      for (const each of [database, reference]) {
        const consumer = await startSubgraph(['consume'], { ...each.env, ...log.env });
        await eventually(async () => assert.equal(await applied(each.pool), done), 60_000);
        assert.equal(await consumer.stop(), 0);
      }
      const [state, expected] = [await stateOf(database.pool), await stateOf(reference.pool)];
      assert.equal(expected.credits?.length, 210 * (12 + 9));
      assert.equal(expected.persons?.length, 60);
      assert.deepEqual(state, expected);
    } finally {
      await log.eventLog.close();
      await database.drop();
      await reference.drop();
    }
  });
});

/** How many records of all partitions are applied. */
async function applied(pool: Pool): Promise<bigint> {
  const { rows } = await pool.query<{ sum: number | null }>(
    'select sum(next_offset)::bigint as sum from inbox_offsets',
  );
  return BigInt(rows[0]?.sum ?? 0);
}

/** Every row of every table that consuming fills. */
async function stateOf(pool: Pool): Promise<Record<string, unknown[]>> {
  const state: Record<string, unknown[]> = {};
  for (const table of ['persons', 'credits', 'inbox_offsets', 'inbox_observations']) {
    const { rows } = await pool.query<{ row: unknown }>(
      `select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`,
    );
    state[table] = rows.map(({ row }) => row);
  }
  return state;
}
