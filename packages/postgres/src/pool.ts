import { createLogger, type Logger } from '@marquee/runtime/logger';
import type { Registry } from '@marquee/runtime/metrics';
import pg from 'pg';
import { toDatabaseError } from './database-error.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { meterStatements, READINESS_PROBE } from './statement-metrics.ts';
import { scopeStatements } from './statement-scope.ts';
import { traceStatements } from './statement-traces.ts';
import { typeParsers } from './type-parsers.ts';

export type { Pool } from 'pg';

export interface PoolOptions {
  readonly url: string;
  /** Where unqualified names are looked for first, and then in `public`, which holds the extensions. */
  readonly schema: string;
  /** Seen in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Connections at most. Default 10. */
  readonly max?: number;
  /** The server ends a statement that takes longer. Default 30,000. */
  readonly statementTimeoutMs?: number;
  /** Where `marquee_sql_statements_total` and `marquee_sql_statement_seconds` go. */
  readonly metrics?: Registry;
  readonly logger?: Logger;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** A transaction whose client stalls must not hold its locks for longer: another instance may wait for them. */
const IDLE_IN_TRANSACTION_MS = 30_000;
/** How much longer than the server's own limit a client waits before it holds the connection for lost. */
const ANSWER_GRACE_MS = 5_000;

/** A pool of connections to one schema. It connects when it is first used: see {@link checkDatabase} for a check. */
export function createPool(options: PoolOptions): pg.Pool {
  const logger = options.logger ?? createLogger(options.applicationName);
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const { address, database } = parseDatabaseUrl(options.url);
  const pool = new pg.Pool({
    connectionString: withSearchPath(options.url, options.schema),
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    types: typeParsers,
  });
  // The connection string holds the password: keep it out of whatever prints the pool.
  Object.defineProperty(pool.options, 'connectionString', { enumerable: false });
  // Without this listener a connection that breaks while it is idle would end the process.
  pool.on('error', (error) => logger.warn({ err: error, database: address }, 'an idle database connection broke'));
  pool.on('connect', (client) => {
    // The pool listens to a client only while it is idle. One that breaks in the middle of a transaction, between two
    // statements, would be an unhandled error; the next statement on it rejects anyhow.
    client.on('error', (error) => logger.debug({ err: error, database: address }, 'a database connection broke'));
    if (options.metrics) meterStatements(client, options.metrics);
  });
  scopeStatements(pool);
  traceStatements(pool, `${database}|${options.schema}`);
  return pool;
}

/**
 * Resolves when the database answers.
 *
 * @throws MarqueeError `DATABASE_UNREACHABLE`, `DATABASE_AUTH_FAILED` …, within about `timeoutMs`, whatever the network does.
 */
export async function checkDatabase(pool: pg.Pool, timeoutMs = 1_500): Promise<void> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => timeout.reject(Object.assign(new Error(`no answer in ${timeoutMs} ms`), { code: 'ETIMEDOUT' })),
    timeoutMs,
  );
  try {
    // pg knows query_timeout for each query too: a connection that does not answer is closed, not returned to the pool.
    const answer = pool.query({ text: READINESS_PROBE, query_timeout: timeoutMs } as pg.QueryConfig);
    await Promise.race([answer, timeout.promise]);
  } catch (error) {
    throw toDatabaseError(error, pool.options.connectionString ?? '');
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What the planner is told of the server: that pages are mostly in memory, so that reading one costs little beside what is done with its
 * rows, and one that is somewhere else hardly more than the next; and that to compile a statement costs more than it saves where
 * statements take milliseconds. With the server's defaults it would read through an order for thousands of rows in vain rather than
 * look hundreds up. https://www.postgresql.org/docs/current/runtime-config-query.html#RUNTIME-CONFIG-QUERY-CONSTANTS
 */
const PLANNER = '-c seq_page_cost=0.1 -c random_page_cost=0.15 -c jit=off';

/** The connection string with the search path and {@link PLANNER} among its start-up options, in front of those that it has. */
function withSearchPath(text: string, schema: string): string {
  const url = new URL(text);
  // The server splits the options at blanks, and takes a backslash as an escape.
  const path = `${pg.escapeIdentifier(schema)},public`.replace(/[\\ ]/g, '\\$&');
  const options = url.searchParams.get('options');
  url.searchParams.set('options', `-c search_path=${path} ${PLANNER}${options === null ? '' : ` ${options}`}`);
  // URLSearchParams writes a blank as +, which the parser of pg would take for a plus sign.
  url.search = url.search.replaceAll('+', '%20');
  return url.href;
}
