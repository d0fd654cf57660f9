import { testDatabase } from '@marquee/local-services/test-database';
import { type Migration, migrate } from '@marquee/postgres/migrate';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { provision } from '@marquee/postgres/provision';
import { createLogger } from '@marquee/runtime/logger';

/** The database schema and migrations of a subgraph, as in its main.ts. */
export interface SubgraphSchema {
  readonly name: string;
  readonly migrations: readonly Migration[];
  readonly extensions?: readonly string[];
}

/** A database for a file of tests, and the environment of a subgraph's process for it. */
export interface SubgraphDatabase {
  readonly env: {
    readonly DATABASE_URL: string;
    readonly DATABASE_OWNER_URL: string;
    readonly DATABASE_ADMIN_URL: string;
  };
  /** Connection string of a role that exists only in this database. */
  urlOf(role: string): string;
  /** A pool of the role that reads and writes rows. */
  readonly pool: Pool;
  /** Creates the roles, the schema and the extensions. */
  provision(): Promise<void>;
  /** Applies pending migrations, and returns their names. */
  migrate(): Promise<readonly string[]>;
  drop(): Promise<void>;
}

/** Creates a database without roles and schema. */
export async function emptySubgraphDatabase(subgraph: SubgraphSchema): Promise<SubgraphDatabase> {
  const { name: schema, migrations, extensions = [] } = subgraph;
  const { adminUrl, urlOf, drop } = await testDatabase();
  const [runtimeUrl, ownerUrl] = [urlOf(schema), urlOf(`${schema}_owner`)];
  const logger = createLogger(`${schema}-test`, 'silent');
  const pool = createPool({ url: runtimeUrl, schema, applicationName: `${schema}-test`, logger });
  return {
    env: { DATABASE_URL: runtimeUrl, DATABASE_OWNER_URL: ownerUrl, DATABASE_ADMIN_URL: adminUrl },
    urlOf,
    pool,
    provision: () => provision({ adminUrl, ownerUrl, runtimeUrl, schema, extensions }),
    migrate: () => migrate({ ownerUrl, schema, migrations, logger }),
    async drop() {
      await pool.end();
      await drop();
    },
  };
}

/** Creates a migrated database without rows. */
export async function migratedSubgraphDatabase(subgraph: SubgraphSchema): Promise<SubgraphDatabase> {
  const database = await emptySubgraphDatabase(subgraph);
  await database.provision();
  await database.migrate();
  return database;
}
