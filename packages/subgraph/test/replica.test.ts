import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { type Gate, openGate } from '@marquee/testing/gate';
import { migratedSubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { dataOf, type RunningSubgraph, runToEnd, startSubgraph } from '@marquee/testing/subgraph-process';
import { migrations } from './fixtures/movies/migrations.ts';

const schema = { name: 'movies', migrations };
const main = new URL('fixtures/movies/main.ts', import.meta.url);

/** Two databases that differ in place of a primary and its standby, so that an answer tells where it was read. */
describe('a subgraph with a replica', () => {
  let primary: SubgraphDatabase;
  let standby: SubgraphDatabase;
  let gate: Gate;
  let subgraph: RunningSubgraph;
  before(async () => {
    primary = await migratedSubgraphDatabase(schema);
    standby = await migratedSubgraphDatabase(schema);
    await primary.pool.query(`insert into movies values ('of the primary')`);
    await standby.pool.query(`insert into movies values ('of the replica')`);
    gate = await openGate(standby.env.DATABASE_URL);
    subgraph = await startSubgraph(main, ['serve'], { ...primary.env, DATABASE_REPLICA_URL: gate.url });
  });
  after(async () => {
    assert.equal(await subgraph?.stop(), 0);
    await gate?.shut();
    await standby?.drop();
    await primary?.drop();
  });

  async function readFrom(): Promise<string[]> {
    const answer = dataOf(
      await subgraph.ask('{ primary: movie(id: "of the primary") { id } replica: movie(id: "of the replica") { id } }'),
    );
    return Object.keys(answer).filter((name) => answer[name] !== null);
  }
  async function metric(name: string): Promise<number> {
    const text = await (await subgraph.get('/metrics')).text();
    return Number(new RegExp(`^marquee_database_replica_${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  }
  async function readiness() {
    const response = await subgraph.get('/readyz');
    const { checks } = (await response.json()) as { checks: object };
    return { status: response.status, checks };
  }

  it('reads queries from it', async () => {
    assert.deepEqual(await readFrom(), ['replica']);
    assert.deepEqual(await readiness(), { status: 200, checks: { database: 'ok', 'database replica': 'ok' } });
    assert.equal(await metric('up'), 1);
    assert.equal(await metric('fallbacks_total'), 0);
  });

  it('writes to the primary, and reads there what the mutation answers', async () => {
    const mutation = 'mutation { addMovie(id: "new") { id } }';
    assert.deepEqual(dataOf(await subgraph.ask(mutation)), { addMovie: { id: 'new' } });
    assert.deepEqual(dataOf(await subgraph.ask('{ movie(id: "new") { id } }')), { movie: null });
    assert.equal((await primary.pool.query(`select from movies where id = 'new'`)).rowCount, 1);
  });

  it('reads from the primary while the replica is away, and is ready; from the replica once it is back', async () => {
    await Promise.all([gate.shut(), ...Array.from({ length: 50 }, readFrom)]);
    assert.deepEqual(await readFrom(), ['primary']);
    assert.deepEqual(await readiness(), { status: 200, checks: { database: 'ok', 'database replica': 'failing' } });
    assert.equal(await metric('up'), 0);
    assert.ok((await metric('fallbacks_total')) >= 2);
    assert.deepEqual(dataOf(await subgraph.ask('mutation { addMovie(id: "newer") { id } }')).addMovie, { id: 'newer' });
    await gate.open();
    await eventually(async () => assert.deepEqual(await readFrom(), ['replica']));
    assert.equal(await metric('up'), 1);
    assert.deepEqual((await readiness()).checks, { database: 'ok', 'database replica': 'ok' });
  });

  it('starts while the replica is away', async () => {
    await gate.shut();
    const other = await startSubgraph(main, ['serve'], { ...primary.env, DATABASE_REPLICA_URL: gate.url });
    try {
      assert.deepEqual(dataOf(await other.ask('{ movie(id: "of the primary") { id } }')).movie, {
        id: 'of the primary',
      });
    } finally {
      assert.equal(await other.stop(), 0);
    }
  });

  it('does not start with a replica that refuses its login', async () => {
    const url = new URL(standby.env.DATABASE_URL);
    url.password = 'wrong';
    const { code, stderr } = await runToEnd(main, ['serve'], { ...primary.env, DATABASE_REPLICA_URL: url.href });
    assert.equal(code, 2);
    assert.match(stderr, /DATABASE_AUTH_FAILED/);
  });
});
