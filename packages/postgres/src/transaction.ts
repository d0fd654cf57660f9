import type { Pool } from 'pg';
import { isUnavailable } from './availability.ts';
import type { Queryable } from './queryable.ts';
import { tracedClient } from './statement-traces.ts';

/**
 * Runs `work` in one transaction (read committed): commits when it resolves, rolls back and rejects with its error when it rejects. A
 * connection that breaks during the commit leaves its outcome unknown, and the error is an unavailable database.
 */
export async function inTransaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(tracedClient(pool, client));
    await client.query('commit');
    return result;
  } catch (error) {
    broken = isUnavailable(error) || !(await rolledBack(client));
    throw error;
  } finally {
    // A connection in an unknown state is closed, and the server rolls back what was open on it.
    client.release(broken);
  }
}

async function rolledBack(client: Queryable): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}
