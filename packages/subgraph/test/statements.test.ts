import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { testDatabase } from '@marquee/local-services/test-database';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { eventually } from '@marquee/testing/eventually';
import { type ServedSubgraph, serveSubgraph } from './fixtures/served.ts';

describe('the statements of an operation', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let pool: Pool;
  let subgraph: ServedSubgraph;
  before(async () => {
    database = await testDatabase();
    const url = database.adminUrl;
    pool = createPool({
      url,
      schema: 'public',
      applicationName: 'served',
      max: 5,
      logger: createLogger('t', 'silent'),
    });
    const sleep = async (_: unknown, { seconds }: { seconds: number }) => {
      await pool.query('select pg_sleep($1)', [seconds]);
      return seconds;
    };
    subgraph = await serveSubgraph({
      name: 'sleepers',
      typeDefs:
        'type Query { sleep(seconds: Float!): Float awake: Boolean } type Mutation { sleep(seconds: Float!): Float }',
      resolvers: { Query: { sleep, awake: () => true }, Mutation: { sleep } },
      signingKeys: [],
      statementLimits: { connections: 2, timeoutMs: 2_000 },
    });
  });
  after(async () => {
    await subgraph?.ctx.stop();
    await pool?.end();
    await database?.drop();
  });

  async function running(): Promise<number> {
    const text = `select count(*)::integer as count from pg_stat_activity
      where application_name = 'served' and query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`;
    return (await pool.query<{ count: number }>(text)).rows[0]?.count ?? 0;
  }

  /** Sends a query, and returns what takes the client away. */
  function send(query: string): () => void {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${subgraph.base}/graphql`, { method: 'POST', headers });
    sent.on('error', () => {});
    sent.end(JSON.stringify({ query }));
    return () => sent.destroy();
  }
  const aliases = (count: number) =>
    Array.from({ length: count }, (_, n) => `a${n}: sleep(seconds: ${60 + n})`).join(' ');

  it('take a bounded share of the pool, and end when the client goes away', async () => {
    const leave = [send(`{ ${aliases(20)} }`), send(`{ ${aliases(3)} }`)];
    await eventually(async () => assert.equal(await running(), 4));
    for (const each of leave) each();
    await eventually(async () => assert.equal(await running(), 0), 1_500);
  });

  it('end in time, with an error that tells the client', async () => {
    const response = await subgraph.post(
      JSON.stringify({ query: '{ late: sleep(seconds: 50) awake soon: sleep(seconds: 0) }' }),
    );
    const { data, errors } = (await response.json()) as { data: unknown; errors: object[] };
    assert.deepEqual(data, { late: null, awake: true, soon: 0 });
    assert.deepEqual(errors, [
      {
        message: 'The query took longer than 2000 ms: request fewer items or fields at once.',
        locations: [{ line: 1, column: 3 }],
        path: ['late'],
        extensions: { code: 'QUERY_TIMEOUT' },
      },
    ]);
    assert.equal(await running(), 0);
  });

  it('of a mutation run to their end, whoever waits', async () => {
    const leave = send('mutation { sleep(seconds: 2.5) }');
    await eventually(async () => assert.equal(await running(), 1));
    leave();
    const response = await subgraph.post(JSON.stringify({ query: '{ sleep(seconds: 0.5) }' }));
    assert.deepEqual(await response.json(), { data: { sleep: 0.5 } });
    assert.equal(await running(), 1);
    await eventually(async () => assert.equal(await running(), 0));
  });
});
