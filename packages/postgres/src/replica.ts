import type { Logger } from '@marquee/runtime/logger';
import type { Registry } from '@marquee/runtime/metrics';
import type { Pool, QueryConfig, QueryResult } from 'pg';
import { Counter, Gauge } from 'prom-client';
import { isTransient, isUnavailable } from './availability.ts';
import { checkDatabase } from './pool.ts';
import { withoutStatementScope } from './statement-scope.ts';

export interface ReplicaOptions {
  readonly primary: Pool;
  /** A hot standby of the primary, with the same roles and schema. */
  readonly replica: Pool;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Registry;
}

/** Reads from a replica, and from its primary while the replica is unavailable. */
export interface ReplicaReads {
  /** A pool for reads: sends single statements to the replica, and transactions to the primary. */
  readonly pool: Pool;
  /** Checks the replica, which decides where the next statement goes. Rejects while it is unavailable. */
  check(): Promise<void>;
  /** Stops probing an unavailable replica. */
  close(): void;
}

/** The interval, in ms, at which an unreachable replica is probed. */
const PROBE_MS = 1_000;

/**
 * Sends reads to a replica. A statement that fails there, because the replica is unavailable or its recovery cancels the statement
 * (https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT), runs on the primary; while the replica is
 * unavailable, all do. `marquee_database_replica_up` and a log entry for each change report its availability, and
 * `marquee_database_replica_fallbacks_total` counts the statements that the primary ran instead.
 */
export function readFromReplica({ primary, replica, logger, metrics }: ReplicaOptions): ReplicaReads {
  const up = new Gauge({
    name: 'marquee_database_replica_up',
    help: 'Whether queries are read from the replica: 1, or 0 while it is away',
    registers: [metrics],
  });
  const fallbacks = new Counter({
    name: 'marquee_database_replica_fallbacks_total',
    help: 'Statements that the primary ran in place of the replica',
    registers: [metrics],
  });
  let probe: NodeJS.Timeout | undefined;
  let closed = false;
  up.set(1);

  function lost(error: unknown): void {
    if (probe !== undefined || closed) return;
    logger.warn({ err: error }, 'the database replica is away: the primary answers in its place');
    up.set(0);
    probe = withoutStatementScope(() => setInterval(() => void check().catch(() => {}), PROBE_MS).unref());
  }

  function found(): void {
    if (probe === undefined) return;
    clearInterval(probe);
    probe = undefined;
    up.set(1);
    logger.info('the database replica is back');
  }

  async function check(): Promise<void> {
    try {
      await checkDatabase(replica);
    } catch (error) {
      lost(error);
      throw error;
    }
    found();
  }

  async function query(statement: string | QueryConfig, values?: unknown[]): Promise<QueryResult> {
    if (probe === undefined) {
      try {
        return await replica.query(statement, values);
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (isUnavailable(error)) lost(error);
      }
    }
    fallbacks.inc();
    return primary.query(statement, values);
  }

  return {
    pool: Object.assign(Object.create(primary) as Pool, { query }),
    check,
    close() {
      closed = true;
      clearInterval(probe);
    },
  };
}
