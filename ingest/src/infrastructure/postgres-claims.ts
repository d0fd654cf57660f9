import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@marquee/postgres/queryable';

/** $1: name, $2: replica. A replica whose release failed keeps its claim. */
const CLAIM = `
  insert into claims as c (name, replica) values ($1, $2::bigint)
  on conflict (name) do update set replica = excluded.replica where c.replica = excluded.replica
  returning name`;

/** Time between two attempts: a dead replica's claim ends when another replica's heartbeat removes it. */
const POLL_MS = 1_000;

export interface ClaimOptions {
  readonly pool: Queryable;
  /** Returns the id of this replica. */
  readonly replica: () => string;
  /** Ends the waiting. */
  readonly stop: AbortSignal;
}

/**
 * Runs work while no other replica runs work of this name, and waits until then. The claim of a replica that dies ends with its heartbeats.
 *
 * @throws an `AbortError` when it was stopped before
 */
export async function withClaim<Result>(
  { pool, replica, stop }: ClaimOptions,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  while ((await pool.query(CLAIM, [name, replica()])).rowCount === 0) {
    await sleep(POLL_MS, undefined, { signal: stop });
  }
  try {
    return await work();
  } finally {
    await pool.query('delete from claims where name = $1 and replica = $2', [name, replica()]);
  }
}
