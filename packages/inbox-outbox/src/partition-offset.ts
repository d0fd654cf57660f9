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
 * Locks the next offset of a partition until the transaction ends, and returns it. Another consumer of the partition, such as
 * one that was considered dead, waits and then sees the committed offset.
 */
export async function claimPartition(tx: Queryable, topic: string, partition: number): Promise<bigint> {
  const claim = {
    name: 'inbox-claim',
    text: 'select next_offset::text as next from inbox_offsets where topic = $1 and partition = $2 for update',
    values: [topic, partition],
  };
  let { rows } = await tx.query<{ next: string }>(claim);
  if (rows.length === 0) {
    const insert =
      'insert into inbox_offsets (topic, partition, next_offset) values ($1, $2, 0) on conflict do nothing';
    await tx.query(insert, [topic, partition]);
    ({ rows } = await tx.query<{ next: string }>(claim));
  }
  const [row] = rows;
  if (!row) throw new Error(`no row for ${topic}/${partition} in inbox_offsets`);
  return BigInt(row.next);
}

export async function advancePartition(tx: Queryable, topic: string, partition: number, next: bigint): Promise<void> {
  await tx.query({
    name: 'inbox-advance',
    text: 'update inbox_offsets set next_offset = $3 where topic = $1 and partition = $2',
    values: [topic, partition, next.toString()],
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
