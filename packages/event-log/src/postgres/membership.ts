import { advisoryLockKey } from '@marquee/postgres/advisory-lock';
import type { Session } from '@marquee/postgres/session';
import type { Topic } from './topics.ts';

/** Channel on which members of a group notify its name when they join, leave or free a partition. */
export const GROUPS_CHANNEL = 'event_log_groups';

/**
 * The assignment of a group's partitions in advisory locks alone, without a clock or a table. The server frees the locks of a killed
 * member's session.
 *
 * A member holds a shared lock for each topic that it reads; the sessions that hold it are the group's members. The holder of a
 * partition's exclusive lock reads it, so two never do. Each member takes at most its share; the shares add up to all partitions.
 * Members may see joins and leaves at different moments: a partition then waits a little, and is never read twice at a time.
 */
export interface Membership {
  join(): Promise<void>;
  /** Compares this member's partitions with its share, and takes free ones up to the share. */
  balance(): Promise<{ taken: number[]; surplus: number[] }>;
  release(partition: number): Promise<void>;
}

interface Lock {
  key: string;
  pid: number;
}

export function createMembership(session: Session, group: string, topic: Topic): Membership {
  const memberKey = advisoryLockKey(`event-log:${group}:${topic.name}`);
  const partitionKeys = Array.from({ length: topic.partitions }, (_, partition) =>
    advisoryLockKey(`event-log:${group}:${topic.name}:${partition}`),
  );
  const held = new Set<number>();
  let pid = 0;

  const announce = () => session.query('select pg_notify($1, $2)', [GROUPS_CHANNEL, group]);

  return {
    async join() {
      const [row] = await session.query<{ pid: number }>(
        'select pg_backend_pid() as pid, pg_advisory_lock_shared($1)',
        [memberKey],
      );
      pid = row?.pid ?? 0;
      await announce();
    },

    async balance() {
      const locks = await locksOf(session, [memberKey, ...partitionKeys]);
      const members = locks.filter(({ key }) => key === memberKey).map((lock) => lock.pid);
      const share = shareOf(members, pid, topic);
      const taken: number[] = [];
      const free = partitionKeys.flatMap((key, partition) =>
        locks.some((lock) => lock.key === key) ? [] : [partition],
      );
      for (const partition of free) {
        if (held.size >= share) break;
        const [row] = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
          partitionKeys[partition],
        ]);
        if (!row?.locked) continue;
        held.add(partition);
        taken.push(partition);
      }
      const surplus = [...held].sort((a, b) => a - b).slice(share);
      return { taken, surplus };
    },

    async release(partition) {
      if (!held.delete(partition)) return;
      await session.query('select pg_advisory_unlock($1)', [partitionKeys[partition]]);
      await announce();
    },
  };
}

/**
 * Returns the size of a member's share: equal for all members, or one more. The members with one more differ from topic to topic, so
 * that none gets the remainder of all.
 */
export function shareOf(members: readonly number[], member: number, topic: Pick<Topic, 'id' | 'partitions'>): number {
  const sorted = [...new Set(members)].sort((a, b) => a - b);
  const index = sorted.indexOf(member);
  if (index === -1) return 0;
  const rank = (index + topic.id) % sorted.length;
  return Math.floor(topic.partitions / sorted.length) + (rank < topic.partitions % sorted.length ? 1 : 0);
}

/**
 * Reads the locks on keys, whose two halves are two columns in pg_locks.
 * https://www.postgresql.org/docs/current/view-pg-locks.html
 */
async function locksOf(session: Session, keys: readonly string[]): Promise<Lock[]> {
  return session.query<Lock & { key: string }>(
    `select wanted.key::text as key, held.pid
     from unnest($1::bigint[]) as wanted (key)
     join pg_locks held on held.locktype = 'advisory' and held.objsubid = 1 and held.granted
       and held.classid::bigint = (wanted.key >> 32) & 4294967295
       and held.objid::bigint = wanted.key & 4294967295
       and held.database = (select oid from pg_database where datname = current_database())`,
    [keys],
  );
}
