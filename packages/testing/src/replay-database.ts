import type { LogRecord } from '@marquee/event-log/event-log';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { prepareEventLog } from '@marquee/event-log/postgres/prepare';
import { deadLetterTopic } from '@marquee/events/topic';
import { batchApplier } from '@marquee/inbox-outbox/batch-applier';
import { createInboxMetrics } from '@marquee/inbox-outbox/inbox-metrics';
import type { TopicConsumer } from '@marquee/inbox-outbox/topic-consumer';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import PQueue from 'p-queue';
import { Registry } from 'prom-client';
import { migratedSubgraphDatabase, type SubgraphSchema } from './subgraph-database.ts';

/** A subgraph's database that applies batches of one topic as its consumer does. */
export interface ReplayDatabase {
  /** Connections of the runtime role. */
  readonly pool: Pool;
  /** Applies records in batches of these sizes, in turns. */
  apply(records: readonly LogRecord[], sizes: readonly number[]): Promise<void>;
  /** Returns the rows that the events determine, by table. */
  state(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Returns a version of each row, which every write changes, by table; the row of the offset is not among them. */
  rowVersions(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Forgets the offset, and takes the changes from the outbox. */
  rewind(): Promise<void>;
  /** Removes all rows. */
  reset(): Promise<void>;
  drop(): Promise<void>;
}

/** Tables that the migrations fill. */
const FILLED = ['movie_count', 'person_count', 'person_overwrites'];
/** Tables and columns of the consumer's own, and the time of a write. */
const TRACES = ['inbox_offsets', 'outbox', 'entity_versions.version', 'updated_at'];

/** @param traces tables and columns (`table.column`) that are no part of the state */
export async function createReplayDatabase(
  schema: SubgraphSchema,
  topic: string,
  consumer: TopicConsumer,
  traces: readonly string[],
): Promise<ReplayDatabase> {
  const database = await migratedSubgraphDatabase(schema);
  const logger = createLogger('replays', 'silent');
  const { pool, env, urlOf } = database;
  const owner = createPool({ url: env.DATABASE_OWNER_URL, schema: schema.name, applicationName: 'replays', logger });
  const log = { ownerUrl: urlOf('event_log_owner'), runtimeUrl: urlOf('event_log') };
  await prepareEventLog({ adminUrl: env.DATABASE_ADMIN_URL, ...log }, logger);
  const eventLog = createPostgresEventLog({ url: log.runtimeUrl, logger });
  const deadLetters = deadLetterTopic(schema.name);
  await eventLog.createTopics([deadLetters]);
  const { rows } = await owner.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = $1::regnamespace and relkind = 'r' and relname not like 'schema\\_migrations%' order by 1`,
    [schema.name],
  );
  const tables = rows.map(({ name }) => name);
  const ignored = new Set([...TRACES, ...traces]);
  const applyBatch = batchApplier({
    topic,
    pool,
    eventLog,
    deadLetterTopic: deadLetters.name,
    metrics: createInboxMetrics(new Registry()),
    tracing: undefined,
    group: 'replays',
    logger,
    consumer,
    maxRows: 2_000,
    partRows: 1_000,
    turns: new PQueue(),
  });

  async function rowsOf(of: readonly string[], text: (table: string) => string) {
    const queries = of.map((table) => `select '${table}' as name, array(${text(table)}) as rows`);
    const { rows } = await owner.query<{ name: string; rows: string[] }>(queries.join(' union all '));
    return Object.fromEntries(rows.map(({ name, rows }) => [name, rows]));
  }

  return {
    pool,
    async apply(records, sizes) {
      for (let start = 0, turn = 0; start < records.length; turn += 1) {
        const end = Math.min(records.length, start + (sizes[turn % sizes.length] ?? 1));
        const batch = { topic, partition: 0, highWatermark: BigInt(records.length) };
        await applyBatch({ ...batch, records: records.slice(start, end) });
        start = end;
      }
    },
    state: () =>
      rowsOf(
        tables.filter((table) => !ignored.has(table)),
        (table) => {
          const columns = [...ignored]
            .map((name) => name.replace(`${table}.`, ''))
            .filter((name) => !name.includes('.'));
          const minus = columns.map((column) => ` - '${column}'`).join('');
          // A deleted entity has had changes only where its other events were not superseded.
          const only = table === 'entity_versions' ? `where last_change <> 'deleted'` : '';
          const row = table === 'entity_versions' ? `jsonb_build_object('entity', entity, 'id', id)` : `to_jsonb(r)`;
          return `select (${row}${minus})::text from ${table} r ${only} order by 1`;
        },
      ),
    rowVersions: () =>
      rowsOf(
        tables.filter((table) => table !== 'inbox_offsets'),
        (table) => `select ctid || ' ' || xmin from ${table} order by 1`,
      ),
    rewind: async () => void (await pool.query('with rewound as (delete from inbox_offsets) delete from outbox')),
    reset: async () =>
      void (await owner.query(`truncate ${tables.filter((table) => !FILLED.includes(table)).join(', ')} cascade`)),
    async drop() {
      await eventLog.close();
      await owner.end();
      await database.drop();
    },
  };
}
