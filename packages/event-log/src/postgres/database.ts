import { isTransient, isUnavailable, sqlState } from '@marquee/postgres/availability';
import { toDatabaseError } from '@marquee/postgres/database-error';
import { parseDatabaseUrl } from '@marquee/postgres/database-url';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import { backOff, sleep, within } from '../back-off.ts';
import { unreachable } from '../event-log-error.ts';
import { SCHEMA } from './prepare.ts';

/** The event log's own connections, apart from those of the process's other work. */
export interface EventLogDatabase {
  pool: Pool;
  url: string;
  /** The connection string without the password. */
  where: string;
  logger: Logger;
  /**
   * Runs work that may be repeated, until it succeeds or `waitMs` are over. Only a database that is away is waited for, and
   * conflicts with other transactions.
   *
   * Throws `EVENT_LOG_UNREACHABLE` (exit code 3), `EVENT_LOG_NOT_MIGRATED` (exit code 2).
   */
  retrying<T>(work: () => Promise<T>, waitMs?: number): Promise<T>;
}

/** @param patienceMs how long a request waits for a database that is away. */
export function openDatabase(url: string, logger: Logger, patienceMs = 30_000): EventLogDatabase {
  const where = parseDatabaseUrl(url).address;
  const pool = createPool({ url, schema: SCHEMA, applicationName: 'marquee-event-log', max: 8, logger });

  async function retrying<T>(work: () => Promise<T>, waitMs = patienceMs): Promise<T> {
    const deadline = Date.now() + waitMs;
    const delays = backOff(50, 1_000);
    for (;;) {
      try {
        return await within(deadline - Date.now(), work(), () =>
          unreachable(where, new Error(`no answer in ${waitMs} ms`)),
        );
      } catch (error) {
        const delayMs = delays.next();
        if (!isTransient(error)) throw toEventLogError(error, url, where);
        if (Date.now() + delayMs >= deadline) throw unreachable(where, error);
        await sleep(delayMs);
      }
    }
  }
  return { pool, url, where, logger, retrying };
}

function toEventLogError(error: unknown, url: string, where: string): unknown {
  const state = sqlState(error);
  // undefined_table, invalid_schema_name
  if (state === '42P01' || state === '3F000') {
    return new MarqueeError(
      'EVENT_LOG_NOT_MIGRATED',
      `The database at ${where} has no event log. Run: node packages/event-log/src/main.ts migrate`,
      { cause: error, exitCode: EXIT.usage },
    );
  }
  return isUnavailable(error) ? unreachable(where, error) : toDatabaseError(error, url);
}
