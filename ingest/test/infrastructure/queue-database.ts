import type { TestContext } from 'node:test';
import type { Pool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { migratedSubgraphDatabase } from '@marquee/testing/subgraph-database';
import type { EntityKind } from '../../src/domain/entity.ts';
import { INGEST_SCHEMA } from '../../src/infrastructure/ingest-schema.ts';
import { createChangedEntities } from '../../src/infrastructure/postgres-changes.ts';
import { createPostgresQueue } from '../../src/infrastructure/postgres-queue.ts';
import { joinReplicas, type Replica } from '../../src/infrastructure/postgres-replica.ts';

/** Creates a migrated database of ingest, until the test ends. `join` creates a replica with its queue. */
export async function queueDatabase(t: TestContext) {
  const database = await migratedSubgraphDatabase({ name: INGEST_SCHEMA.schema, migrations: INGEST_SCHEMA.migrations });
  const { pool } = database;
  const logger = createLogger('ingest-test', 'silent');
  const joined: Replica[] = [];
  t.after(async () => {
    for (const replica of joined) await replica.leave();
    await database.drop();
  });
  const changed = createChangedEntities(pool);
  return {
    ...database,
    /** Queues entities as changed. */
    change: (kind: EntityKind, ids: readonly number[]) =>
      changed.enqueueChangedBefore({ kind, ids, addUnknown: true }, new Date('9999-01-01')),
    async join() {
      const replica = await joinReplicas({ pool, name: 'test', command: 'test', logger, onLive: () => {} });
      joined.push(replica);
      return { replica, queue: createPostgresQueue({ pool, replica: replica.id, refreshDays: 150 }) };
    },
  };
}

/** Returns the columns of an entity. */
export async function entityOf(pool: Pool, kind: string, id: number) {
  const { rows } = await pool.query('select * from entities where kind = $1 and id = $2', [kind, id]);
  return rows[0];
}
