import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { catalogueOf, contractions } from '../expansion.ts';
import { emptySubgraphDatabase, type SubgraphDatabase } from '../subgraph-database.ts';
import { dataOf, runToEnd, startSubgraph } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/**
 * Tests the role `migrate` on an empty database.
 *
 * @param counted a field of the query that has a `totalCount`
 */
export function itMigrates({ main, ...schema }: Subgraph, counted: string): void {
  it('migrates an empty database: makes roles, schema and tables, again without effect, and then serves', async () => {
    const database = await emptySubgraphDatabase(schema);
    try {
      const quiet = { ...database.env, LOG_LEVEL: 'warn' };
      assert.deepEqual(await runToEnd(main, ['migrate'], quiet), { code: 0, stderr: '' });
      assert.equal((await runToEnd(main, ['migrate'], database.env)).code, 0);
      const subgraph = await startSubgraph(main, ['migrate', 'serve'], database.env);
      const data = dataOf(await subgraph.ask(`{ ${counted} { totalCount } }`));
      assert.deepEqual(data[counted], { totalCount: 0 });
      assert.equal(await subgraph.stop(), 0);
    } finally {
      await database.drop();
    }
  });
}

/**
 * Tests a subgraph's migrations without its process.
 *
 * @param expected some of the created objects, by kind and name: `relation movies`, `function fold`
 */
export function describeMigrations(subgraph: Omit<Subgraph, 'main'>, expected: readonly string[]): void {
  const { name: schema, migrations } = subgraph;

  describe('migrations', () => {
    let database: SubgraphDatabase;
    let owner: pg.Client;
    before(async () => {
      database = await emptySubgraphDatabase(subgraph);
      await database.provision();
      owner = await connect(database);
    });
    after(async () => {
      await owner.end();
      await database.drop();
    });

    /** Connects as the owner of the schema. */
    async function connect({ env }: SubgraphDatabase): Promise<pg.Client> {
      const client = new pg.Client({
        connectionString: env.DATABASE_OWNER_URL,
        options: `-c search_path=${schema},public`,
      });
      await client.connect();
      return client;
    }

    /** Returns all objects of the schema except the tables of migrations. */
    async function objects(): Promise<string[]> {
      const { rows } = await owner.query<{ name: string }>(`
        select 'relation ' || relname as name from pg_class
        where relnamespace = '${schema}'::regnamespace and relname not like 'schema_migrations%'
        union all select 'function ' || proname from pg_proc where pronamespace = '${schema}'::regnamespace
        order by name`);
      return rows.map(({ name }) => name);
    }

    it('are named in the order in which they apply', () => {
      const names = migrations.map(({ name }) => name);
      assert.deepEqual(names, names.toSorted());
    });

    it('only expand what is there, unless their name says that they contract it', async () => {
      const own = await emptySubgraphDatabase(subgraph);
      await own.provision();
      const db = await connect(own);
      try {
        for (const { name, up } of migrations) {
          const known = await catalogueOf(db, schema);
          await db.query(up);
          const taken = contractions(known, await catalogueOf(db, schema));
          if (!name.includes('-contract-')) assert.deepEqual(taken, [], `${name} would break the version before it`);
        }
      } finally {
        await db.end();
        await own.drop();
      }
    });

    it('go up once, even when several processes migrate at once', async () => {
      assert.deepEqual(await objects(), []);
      const runs = await Promise.all([database.migrate(), database.migrate(), database.migrate()]);
      assert.deepEqual(runs.flat().sort(), migrations.map(({ name }) => name).sort());
      assert.deepEqual(await database.migrate(), []);
    });

    it('go down to an empty schema, and up again', async () => {
      const before = await objects();
      for (const name of expected) assert.ok(before.includes(name), name);
      for (const migration of migrations.toReversed()) await owner.query(migration.down);
      assert.deepEqual(await objects(), []);
      for (const migration of migrations) await owner.query(migration.up);
      assert.deepEqual(await objects(), before);
    });
  });
}
