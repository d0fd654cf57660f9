import { advisoryLockKey } from '@marquee/postgres/advisory-lock';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import type { EventLogDatabase } from './database.ts';
import type { Topic } from './topics.ts';

/** Retention of deletable records, as Kafka has it (delete.retention.ms, retention.ms). */
export interface Retention {
  /** Retention of tombstones in compacted topics, in milliseconds: a reader has this long to read a deletion. */
  tombstonesMs: number;
  /** Retention of records in topics that are not compacted, in milliseconds. */
  recordsMs: number;
}

export const DEFAULT_RETENTION: Retention = { tombstonesMs: 24 * 3_600_000, recordsMs: 7 * 24 * 3_600_000 };

/** Offsets of one transaction, which bounds its duration and the rows that it deletes. */
const OFFSETS_AT_ONCE = 5_000;

/**
 * Compacts a topic, or deletes expired records of one that is not compacted. Compaction deletes records that a later one of their key
 * replaces, and then expired tombstones; it begins no record within the topic's compaction lag. Offsets do not change. Skips partitions that another process compacts.
 */
export async function compactTopic(
  { pool }: Pick<EventLogDatabase, 'pool'>,
  topic: Topic,
  retention: Retention = DEFAULT_RETENTION,
): Promise<void> {
  const lock = advisoryLockKey(`event-log:compaction:${topic.name}`);
  for (let partition = 0; partition < topic.partitions; partition++) {
    let isMore = true;
    while (isMore) {
      isMore = await inTransaction(pool, async (tx) => {
        const { rows } = await tx.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [lock]);
        if (!rows[0]?.locked) return false;
        if (topic.compacted) return compact(tx, topic.id, partition, retention.tombstonesMs);
        await deleteByAge(tx, topic.id, partition, retention.recordsMs);
        return false;
      });
    }
  }
}

/** Compacts the next range of offsets. Returns true when there are more. */
async function compact(tx: Queryable, topicId: number, partition: number, tombstonesMs: number): Promise<boolean> {
  const { rows } = await tx.query<{ from: string; to: string; end: string }>(
    `select coalesce(c.compacted_to, 0)::text as "from", p.next_offset::text as "end",
       least(p.next_offset, coalesce(c.compacted_to, 0) + $3, recent."offset")::text as "to"
     from event_log.partitions p join event_log.topics t on t.id = p.topic_id
     left join event_log.compactions c using (topic_id, partition)
     left join lateral (
       select r."offset" from event_log.records r
       where t.compaction_lag_ms > 0 and r.topic_id = p.topic_id and r.partition = p.partition
         and r."offset" >= coalesce(c.compacted_to, 0) and r."offset" < coalesce(c.compacted_to, 0) + $3
         and r."timestamp" > clock_timestamp() - make_interval(secs => t.compaction_lag_ms::double precision / 1000)
       order by r."offset" limit 1
     ) recent on true
     where p.topic_id = $1 and p.partition = $2`,
    [topicId, partition, OFFSETS_AT_ONCE],
  );
  const [stretch] = rows;
  if (!stretch) return false;
  if (stretch.from !== stretch.to) {
    // Only keys of the range can have older records before their latest one. "+ 0" keeps the planner from scanning the whole
    // partition by the primary key for each key, which it considers as cheap without statistics.
    await tx.query(
      `with latest as (
         select key, max("offset") as "offset" from event_log.records
         where topic_id = $1 and partition = $2 and "offset" >= $3 and "offset" < $4 group by key
       )
       delete from event_log.records old using latest
       where old.topic_id + 0 = $1 and old.partition + 0 = $2 and old.key = latest.key and old."offset" < latest."offset"`,
      [topicId, partition, stretch.from, stretch.to],
    );
    await tx.query(
      `insert into event_log.compactions (topic_id, partition, compacted_to) values ($1, $2, $3)
       on conflict (topic_id, partition) do update set compacted_to = excluded.compacted_to`,
      [topicId, partition, stretch.to],
    );
  }
  await tx.query(
    `delete from event_log.records
     where topic_id = $1 and partition = $2 and value is null and "offset" < $3
       and "timestamp" < clock_timestamp() - make_interval(secs => $4::double precision / 1000)`,
    [topicId, partition, stretch.to, tombstonesMs],
  );
  // A shorter range ends at a record that is too recent.
  return stretch.to !== stretch.end && Number(stretch.to) === Number(stretch.from) + OFFSETS_AT_ONCE;
}

async function deleteByAge(tx: Queryable, topicId: number, partition: number, recordsMs: number): Promise<void> {
  // The first ones, up to the limit of a transaction; the next round continues.
  await tx.query(
    `with oldest as (
       select "offset", "timestamp" < clock_timestamp() - make_interval(secs => $3::double precision / 1000) as expired
       from event_log.records where topic_id = $1 and partition = $2 order by "offset" limit $4
     )
     delete from event_log.records
     where topic_id = $1 and partition = $2
       and "offset" in (select "offset" from oldest where expired)`,
    [topicId, partition, recordsMs, OFFSETS_AT_ONCE],
  );
}
