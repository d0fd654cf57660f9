import { isTransient, isUnavailable, sqlState } from '@marquee/postgres/availability';
import { toDatabaseError } from '@marquee/postgres/database-error';
import { parseDatabaseUrl } from '@marquee/postgres/database-url';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import { backOff, sleep, within } from '../back-off.ts';
import { unreachable } from '../event-log-error.ts';
import { SCHEMA } from './schema.ts';

/** The event log's own connections, separate from the process's other ones. */
export interface EventLogDatabase {
  pool: Pool;
  url: string;
  /** The connection string without the password. */
  where: string;
  logger: Logger;
  /**
   * Runs idempotent work until it succeeds or `waitMs` are over. Retries when the database is unavailable or another transaction
   * conflicts.
   *
   * @throws `EVENT_LOG_UNREACHABLE` (exit code 3), `EVENT_LOG_NOT_MIGRATED` (exit code 2)
   */
  retrying<T>(work: () => Promise<T>, waitMs?: number): Promise<T>;
}

/** Opens the connections. @param patienceMs time that a request waits for an unavailable database */
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

/** Maps the reason of a reader's end: without one, its session was lost. Retryable while the database is unavailable. */
export function toReaderError(reason: unknown, { where }: EventLogDatabase): MarqueeError {
  if (reason instanceof MarqueeError) return reason;
  if (reason === undefined || isTransient(reason)) return unreachable(where, reason ?? new Error('the session ended'));
  return new MarqueeError('EVENT_LOG_FAILED', `Reading the event log at ${where} failed (${messageOf(reason)}).`, {
    cause: reason,
  });
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
