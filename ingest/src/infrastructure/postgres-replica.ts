import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@marquee/postgres/queryable';
import type { Logger } from '@marquee/runtime/logger';

/** Seconds between two heartbeats, and after the last one until the leases of a replica return to the queue. */
const HEARTBEAT_SECONDS = 5;
const LEASE_SECONDS = 30;

/** Condition of a live replica. */
export const LIVE = `heartbeat_at > now() - interval '${LEASE_SECONDS} seconds'`;

/** Returns leased entities to the queue, into the lanes that they came from. */
const RETURN_LEASES = `
  update entities set
    state = 'queued', due_at = now(),
    lane = case when changed_while_leased then 'change' else lane end, changed_while_leased = false
  where state = 'leased'`;

/** Removes replicas without heartbeats and returns their leases. */
const SWEEP = `
  with dead as (delete from replicas where not (${LIVE}) returning id)
  ${RETURN_LEASES} and replica in (select id from dead)`;

/** This process among those that work on the queue. */
export interface Replica {
  /** Changes when the process was taken for dead, with the end of its leases. */
  id(): string;
  /** Number of live replicas, this one included. */
  live(): number;
  /**
   * Returns all leases with the next heartbeat, and joins again: for an error of the queue, after which this process may hold leases that
   * it does not know, or cannot settle.
   */
  rejoin(): void;
  /** Returns the leases that are left and leaves. */
  leave(): Promise<void>;
}

export interface ReplicaOptions {
  readonly pool: Queryable;
  readonly name: string;
  readonly command: string;
  readonly logger: Logger;
  /** Called with the number of live replicas whenever it is read. */
  readonly onLive: (replicas: number) => void;
}

/** Registers this process as a replica and keeps its heartbeats. */
export async function joinReplicas(options: ReplicaOptions): Promise<Replica> {
  const { pool, name, command, logger, onLive } = options;
  const left = new AbortController();
  let id = await register();
  let live = 1;
  let isRejoining = false;

  async function register(): Promise<string> {
    const { rows } = await pool.query<{ id: string }>(
      'insert into replicas (name, command) values ($1, $2) returning id::text',
      [name, command],
    );
    return (rows[0] as { id: string }).id;
  }

  async function leave(replica: string): Promise<void> {
    await pool.query(`${RETURN_LEASES} and replica = $1`, [replica]);
    await pool.query('delete from replicas where id = $1', [replica]);
  }

  async function beat(): Promise<void> {
    if (isRejoining) {
      const previous = id;
      // Not later: an error meanwhile may concern a lease of the new id.
      isRejoining = false;
      try {
        id = await register();
        await leave(previous);
      } catch (error) {
        isRejoining = true;
        throw error;
      }
    }
    const { rowCount } = await pool.query('update replicas set heartbeat_at = clock_timestamp() where id = $1', [id]);
    if (rowCount === 0) {
      id = await register();
      logger.warn(
        { replica: id },
        'this replica had no heartbeat for too long: its leases have ended, and it joins again',
      );
    }
    await pool.query(SWEEP);
    const { rows } = await pool.query<{ live: number }>(`select count(*)::int as live from replicas where ${LIVE}`);
    live = Math.max(1, rows[0]?.live ?? 1);
    onLive(live);
  }

  async function keep(): Promise<void> {
    for (;;) {
      await sleep(HEARTBEAT_SECONDS * 1_000, undefined, { signal: left.signal });
      try {
        await beat();
      } catch (error) {
        logger.warn({ err: error }, 'a heartbeat failed; it is repeated');
      }
    }
  }

  await beat();
  const kept = keep().catch((error: unknown) => {
    if (!left.signal.aborted) throw error;
  });

  return {
    id: () => id,
    live: () => live,
    rejoin() {
      isRejoining = true;
    },
    async leave() {
      left.abort();
      await kept;
      await leave(id);
    },
  };
}
