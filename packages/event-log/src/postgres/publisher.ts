import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import { inTransaction } from '@marquee/postgres/transaction';
import type { OutgoingRecord } from '../event-log.ts';
import { closed, recordTooLarge } from '../event-log-error.ts';
import { chunksOf, sizeOf } from '../record-chunks.ts';
import type { EventLogDatabase } from './database.ts';
import { partitionOf } from './partition-of.ts';
import type { Topic, Topics } from './topics.ts';

/** Channel on which publishers notify the name of the topic. */
export const RECORDS_CHANNEL = 'event_log_records';

const CHUNK = { maxBytes: 8_000_000, maxRecords: 5_000 };
/** Kafka's default, so that both logs accept the same records. */
const MAX_RECORD_BYTES = 1_048_588;
/** An entry of a btree index takes at most a third of a page. */
const MAX_KEY_BYTES = 2_048;

interface Placed {
  record: OutgoingRecord;
  partition: number;
}

const RECORDS = rowArrays<Placed & { offset: string }>({
  partition: ['integer', 'partition'],
  '"offset"': ['bigint', 'offset'],
  key: ['bytea', ({ record }) => record.key],
  value: ['bytea', ({ record }) => record.value],
  headers: ['json', ({ record }) => JSON.stringify(record.headers)],
});

const MOVES = rowArrays<[partition: number, records: number]>({
  partition: ['integer', ([partition]) => partition],
  records: ['integer', ([, records]) => records],
});

/**
 * Publishes in transactions of one insert each. The transaction locks the rows of its partitions in order until its commit, so an
 * offset is never visible before all smaller ones, and two publishers cannot deadlock.
 */
export function createPublisher({ pool, retrying }: EventLogDatabase, topics: Topics) {
  const pending = new Set<Promise<void>>();
  let isClosed = false;

  function place(topic: Topic, record: OutgoingRecord): Placed {
    if (record.key.length > MAX_KEY_BYTES) {
      throw recordTooLarge(topic.name, `its key has ${record.key.length} bytes, the limit is ${MAX_KEY_BYTES}`);
    }
    const size = sizeOf(record);
    if (size > MAX_RECORD_BYTES) {
      throw recordTooLarge(topic.name, `it has ${size} bytes, the limit is ${MAX_RECORD_BYTES}`);
    }
    return { record, partition: partitionOf(record.key, topic.partitions) };
  }

  async function publishAll(name: string, records: readonly OutgoingRecord[]): Promise<void> {
    const topic = await topics.find(name);
    // Checks all records first: one invalid record rejects the others too.
    const placed = records.map((record) => place(topic, record));
    let start = 0;
    for (const chunk of chunksOf(records, CHUNK)) {
      const part = placed.slice(start, start + chunk.records.length);
      start += part.length;
      let transaction: string | undefined;
      await retrying(async () => {
        // The connection may have broken after the commit: asks the server.
        if (transaction !== undefined && (await hasCommitted(pool, transaction))) return;
        transaction = undefined;
        await inTransaction(pool, async (tx) => {
          transaction = await append(tx, topic, part);
        });
      });
    }
  }

  return {
    publish: async (topic: string, records: readonly OutgoingRecord[]): Promise<void> => {
      if (isClosed) throw closed();
      const work = publishAll(topic, records);
      pending.add(work);
      try {
        await work;
      } finally {
        pending.delete(work);
      }
    },
    /** Waits for pending publications. */
    close: async (): Promise<void> => {
      isClosed = true;
      await Promise.allSettled(pending);
    },
  };
}

/** Appends records in the given order, and returns the id of the transaction. */
async function append(tx: Queryable, { id, name }: Topic, placed: readonly Placed[]): Promise<string> {
  const counts = new Map<number, number>();
  for (const { partition } of placed) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  const { rows } = await tx.query<{ partition: number; next: string; xid: string }>(
    `select partition, next_offset::text as next, pg_current_xact_id()::text as xid
     from event_log.partitions where topic_id = $1 and partition = any($2::integer[])
     order by partition for no key update`,
    [id, [...counts.keys()]],
  );
  const next = new Map(rows.map((row) => [row.partition, BigInt(row.next)]));
  const records = placed.map(({ record, partition }) => {
    const offset = next.get(partition) as bigint;
    next.set(partition, offset + 1n);
    return { record, partition, offset: offset.toString() };
  });
  await tx.query({
    name: 'event_log_append',
    text: `with moved as (
        update event_log.partitions set next_offset = next_offset + moves.records
        from ${MOVES.as('moves', 7)}
        where partitions.topic_id = $1 and partitions.partition = moves.partition
      ), notified as materialized (
        select pg_notify($9, $10)
      )
      insert into event_log.records (topic_id, partition, "offset", key, value, headers, "timestamp")
      select $1, r.partition, r."offset", r.key, r.value, r.headers, clock_timestamp()
      from ${RECORDS.as('r', 2)}, notified`,
    values: [id, ...RECORDS.values(records), ...MOVES.values([...counts]), RECORDS_CHANNEL, name],
  });
  return rows[0]?.xid ?? '';
}

/** Returns true when a transaction committed: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT */
async function hasCommitted(pool: Pool, transaction: string): Promise<boolean> {
  const { rows } = await pool.query<{ status: string | null }>('select pg_xact_status($1::xid8) as status', [
    transaction,
  ]);
  const status = rows[0]?.status;
  // The server has not yet detected the broken connection.
  if (status === 'in progress') throw Object.assign(new Error('the transaction has not ended'), { code: '55P03' });
  return status === 'committed';
}
