import assert from 'node:assert/strict';
import type { EventPart, ObservationTopic } from '@marquee/events/topics';
import type { Pool } from '@marquee/postgres/pool';
import { type TestEventLog, testEventLog } from '../event-log.ts';
import { eventually } from '../eventually.ts';
import { migratedSubgraphDatabase } from '../subgraph-database.ts';
import { launchSubgraph, startSubgraph } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/** Records for a consumer that is killed, and the tables that show its progress. */
export interface KilledConsumerOptions<Part extends EventPart> {
  readonly topic: ObservationTopic<Part>;
  readonly publish: (log: TestEventLog<Part>) => Promise<void>;
  /** Tables, as a regular expression: a consumer that inserts into one is in the middle of a transaction. */
  readonly writes: string;
  /** Columns that differ between runs, such as the time of writing. */
  readonly volatile?: readonly string[];
  /** Tables of which only the sum of a column counts, by table. */
  readonly summed?: Readonly<Record<string, string>>;
}

/** Rows by table. */
export type State = Readonly<Record<string, readonly unknown[]>>;

/**
 * Kills a consumer repeatedly within its transactions, lets it finish, and expects the same rows in every table as those of an undisturbed
 * consumer.
 *
 * @returns the rows of the undisturbed consumer
 */
export async function surviveKills<Part extends EventPart>(
  { main, ...schema }: Subgraph,
  { topic, publish, writes, volatile = [], summed = {} }: KilledConsumerOptions<Part>,
): Promise<State> {
  const [database, reference] = [await migratedSubgraphDatabase(schema), await migratedSubgraphDatabase(schema)];
  const log = await testEventLog(database, topic);
  try {
    await publish(log);
    const done = await log.count(topic.name);

    let kills = 0;
    while (kills < 4) {
      const consumer = launchSubgraph(main, ['consume'], { ...database.env, ...log.env });
      const caught = await isWriting(database.pool, schema.name, writes, done);
      await consumer.kill();
      if (!caught) break;
      kills += 1;
    }
    assert.ok(kills >= 2, `killed in the middle of a transaction ${kills} times`);
    for (const each of [database, reference]) {
      const consumer = await startSubgraph(main, ['consume'], { ...each.env, ...log.env });
      await eventually(async () => assert.equal(await applied(each.pool), done), 60_000);
      assert.equal(await consumer.stop(), 0);
    }
    const [state, expected] = [
      await stateOf(database.pool, schema.name, volatile, summed),
      await stateOf(reference.pool, schema.name, volatile, summed),
    ];
    assert.deepEqual(state, expected);
    return expected;
  } finally {
    await log.eventLog.close();
    await database.drop();
    await reference.drop();
  }
}

/** Returns true when a consumer is inside a transaction; false when it has applied all records before. */
async function isWriting(pool: Pool, subgraph: string, tables: string, done: bigint): Promise<boolean> {
  while ((await applied(pool)) < done) {
    const { rows } = await pool.query(
      `select from pg_stat_activity where application_name = $1 and state <> 'idle' and query ~ $2`,
      [`marquee-${subgraph}`, `^\\s*insert into (${tables})`],
    );
    if (rows.length > 0) return true;
  }
  return false;
}

/** Returns the number of applied records of all partitions. */
async function applied(pool: Pool): Promise<bigint> {
  const { rows } = await pool.query<{ sum: number | null }>(
    'select sum(next_offset)::bigint as sum from inbox_offsets',
  );
  return BigInt(rows[0]?.sum ?? 0);
}

/** Reads every row of every table, without the volatile columns; one row with the sum of a summed table. */
async function stateOf(
  pool: Pool,
  schema: string,
  volatile: readonly string[],
  summed: Readonly<Record<string, string>>,
): Promise<State> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = $1::regnamespace and relkind = 'r' and relname not like 'schema_migrations%' order by 1`,
    [schema],
  );
  const state: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const column = summed[name];
    if (column !== undefined) {
      state[name] = (await pool.query(`select sum(${column})::bigint as ${column} from ${name}`)).rows;
      continue;
    }
    const { rows } = await pool.query<{ row: unknown }>(
      `select to_jsonb(t) - $1::text[] as row from ${name} t order by (to_jsonb(t) - $1::text[])::text`,
      [volatile],
    );
    state[name] = rows.map(({ row }) => row);
  }
  return state;
}
