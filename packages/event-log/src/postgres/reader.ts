import type { LogRecord, RecordBatch } from '../event-log.ts';
import type { EventLogDatabase } from './database.ts';
import type { Topic } from './topics.ts';

/** Limit of a batch; its first record is returned whatever its size. */
const MAX_BATCH_BYTES = 4_000_000;

interface Row {
  end: string;
  offset: string | null;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
  timestamp: Date;
}

/**
 * Reads the records of a partition from an offset on. Without records, there are none up to `highWatermark`, even if the offset is
 * below it, since compaction leaves gaps. One statement, and so one snapshot.
 */
export async function readBatch(
  { pool }: EventLogDatabase,
  topic: Topic,
  partition: number,
  from: bigint,
  maxRecords: number,
): Promise<RecordBatch> {
  const { rows } = await pool.query<Row>({
    name: 'event_log_read',
    // octet_length does not fetch an out-of-line value: its size is in the row.
    text: `select p.next_offset::text as "end", r."offset"::text as "offset", r.key, r.value, r.headers, r."timestamp"
      from event_log.partitions p
      left join lateral (
        select * from (
          select "offset", key, value, headers, "timestamp",
            sum(coalesce(octet_length(value), 0)) over (order by "offset" rows between unbounded preceding and 1 preceding) as bytes_before
          from event_log.records
          where topic_id = p.topic_id and partition = p.partition and "offset" >= $3
          order by "offset" limit $4
        ) sized where bytes_before is null or bytes_before < $5
      ) r on true
      where p.topic_id = $1 and p.partition = $2
      order by r."offset"`,
    values: [topic.id, partition, from.toString(), maxRecords, MAX_BATCH_BYTES],
  });
  const records: LogRecord[] = [];
  for (const { end: _, offset, ...rest } of rows) {
    if (offset !== null) records.push({ topic: topic.name, partition, offset: BigInt(offset), ...rest });
  }
  return { topic: topic.name, partition, records, highWatermark: BigInt(rows[0]?.end ?? 0) };
}
