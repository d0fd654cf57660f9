import type { Queryable } from '@marquee/postgres/queryable';

/** Returns the next offset of a partition to apply; undefined when none was applied. */
export async function nextOffset(db: Queryable, topic: string, partition: number): Promise<bigint | undefined> {
  const { rows } = await db.query<{ next: string }>({
    name: 'inbox-next-offset',
    text: 'select next_offset::text as next from inbox_offsets where topic = $1 and partition = $2',
    values: [topic, partition],
  });
  return rows[0] && BigInt(rows[0].next);
}

/** Returns the next offsets to apply by `topic/partition`. */
export async function appliedOffsets(db: Queryable): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await db.query<{ key: string; next: string }>({
    name: 'inbox-applied-offsets',
    text: `select topic || '/' || partition as key, next_offset::text as next from inbox_offsets`,
  });
  return new Map(rows.map(({ key, next }) => [key, BigInt(next)]));
}

/**
 * Locks the next offsets of partitions until the transaction ends, and returns them. Another consumer of one of the partitions, such as
 * one that was considered dead, waits and then sees the committed offset.
 */
export async function claimPartitions(
  tx: Queryable,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  const claim = {
    name: 'inbox-claim',
    text: `select partition, next_offset::text as next from inbox_offsets where topic = $1 and partition = any($2::integer[])
           order by partition for update`,
    values: [topic, partitions],
  };
  let { rows } = await tx.query<{ partition: number; next: string }>(claim);
  if (rows.length < partitions.length) {
    const insert = `insert into inbox_offsets (topic, partition, next_offset)
      select $1, partition, 0 from unnest($2::integer[]) as given (partition) order by partition on conflict do nothing`;
    await tx.query(insert, [topic, partitions]);
    ({ rows } = await tx.query(claim));
  }
  if (rows.length < partitions.length) throw new Error(`rows of ${topic} are missing in inbox_offsets`);
  return new Map(rows.map(({ partition, next }) => [partition, BigInt(next)]));
}

export async function advancePartitions(
  tx: Queryable,
  topic: string,
  next: ReadonlyMap<number, bigint>,
): Promise<void> {
  await tx.query({
    name: 'inbox-advance',
    text: `update inbox_offsets stored set next_offset = given.next
           from unnest($2::integer[], $3::bigint[]) as given (partition, next)
           where stored.topic = $1 and stored.partition = given.partition`,
    values: [topic, [...next.keys()], [...next.values()].map(String)],
  });
}

/** Resets the offset of a partition, unless it has changed since `seen` was read. Returns true when it did. */
export async function rewindPartition(db: Queryable, topic: string, partition: number, seen: bigint): Promise<boolean> {
  const { rowCount } = await db.query(
    'update inbox_offsets set next_offset = 0 where topic = $1 and partition = $2 and next_offset = $3',
    [topic, partition, seen.toString()],
  );
  return rowCount === 1;
}
