import assert from 'node:assert/strict';
import type { EventPart, MovieTopic } from '@marquee/events/topics';
import type { Pool } from '@marquee/postgres/pool';
import { type TestEventLog, testEventLog } from '../event-log.ts';
import { eventually } from '../eventually.ts';
import { migratedSubgraphDatabase } from '../subgraph-database.ts';
import { launchSubgraph, startSubgraph } from '../subgraph-process.ts';
import type { Subgraph } from './subgraph.ts';

/** Records that a consumer reads before it is killed, and the tables that show its progress. */
export interface KilledConsumerOptions<Part extends EventPart> {
  readonly topic: MovieTopic<Part>;
  readonly publish: (log: TestEventLog<Part>) => Promise<void>;
  /** Tables, as a regular expression: a consumer that inserts into one is in the middle of a transaction. */
  readonly writes: string;
  /** Columns that hold the moment of writing, and so differ from one run to another. */
  readonly volatile?: readonly string[];
  /** Tables whose rows add up to what they say, however many rows that takes, by the column that is added up. */
  readonly summed?: Readonly<Record<string, string>>;
}

/** Rows by table. */
export type State = Readonly<Record<string, readonly unknown[]>>;

/**
 * Kills a consumer in the middle of its transactions again and again, lets it end, and sees the same rows in every table as
 * where one consumed without being killed.
 *
 * @returns the rows of the latter
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

/** Returns true when a consumer is inside a transaction; false when it applied everything before that was seen. */
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

/** How many records of all partitions are applied. */
async function applied(pool: Pool): Promise<bigint> {
  const { rows } = await pool.query<{ sum: number | null }>(
    'select sum(next_offset)::bigint as sum from inbox_offsets',
  );
  return BigInt(rows[0]?.sum ?? 0);
}

/** Every row of every table, without the volatile columns; of a table that is summed, one row with the sum. */
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
