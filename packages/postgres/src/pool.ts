import { createLogger, type Logger } from '@marquee/runtime/logger';
import type { Registry } from '@marquee/runtime/metrics';
import pg from 'pg';
import { toDatabaseError } from './database-error.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { meterPool } from './pool-metrics.ts';
import { meterStatements, READINESS_PROBE } from './statement-metrics.ts';
import { scopeStatements } from './statement-scope.ts';
import { traceStatements } from './statement-traces.ts';
import { typeParsers } from './type-parsers.ts';

export type { Pool } from 'pg';

export interface PoolOptions {
  readonly url: string;
  /** The schema of unqualified names, before `public`, which has the extensions. */
  readonly schema: string;
  /** The name in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Maximum number of connections. Default 10. */
  readonly max?: number;
  /** Milliseconds after which the server cancels a statement. Default 30,000. */
  readonly statementTimeoutMs?: number;
  /** The registry of `marquee_sql_statements_total`, `marquee_sql_statement_seconds` and the metrics of the pool. */
  readonly metrics?: Registry;
  readonly logger?: Logger;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** The longest idle time of a transaction, in ms: other processes may wait for its locks. */
const IDLE_IN_TRANSACTION_MS = 30_000;
/** Time in ms beyond the server's limit after which a client gives up the connection. */
const ANSWER_GRACE_MS = 5_000;

/** Returns a pool of connections to one schema. It connects on first use; {@link checkDatabase} connects at once. */
export function createPool(options: PoolOptions): pg.Pool {
  const logger = options.logger ?? createLogger(options.applicationName);
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const { address, host, port, database } = parseDatabaseUrl(options.url);
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
  // Hides the connection string with its password when the pool is printed.
  Object.defineProperty(pool.options, 'connectionString', { enumerable: false });
  // Without this listener a connection that breaks while it is idle would end the process.
  pool.on('error', (error) => logger.warn({ err: error, database: address }, 'an idle database connection broke'));
  pool.on('connect', (client) => {
    // The pool listens to a client only while it is idle. One that breaks in the middle of a transaction, between two
    // statements, would be an unhandled error; the next statement on it rejects anyhow.
    client.on('error', (error) => logger.debug({ err: error, database: address }, 'a database connection broke'));
    if (options.metrics) meterStatements(client, options.metrics);
  });
  if (options.metrics) meterPool(pool, options.metrics);
  scopeStatements(pool);
  traceStatements(pool, { namespace: `${database}|${options.schema}`, host, port });
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
    // pg accepts query_timeout for each query: closes an unresponsive connection instead of returning it to the pool.
    const answer = pool.query({ text: READINESS_PROBE, query_timeout: timeoutMs } as pg.QueryConfig);
    await Promise.race([answer, timeout.promise]);
  } catch (error) {
    throw toDatabaseError(error, pool.options.connectionString ?? '');
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Planner settings for pages that are mostly in memory: reading a page costs little beside processing its rows, a random page hardly more
 * than the next one, and compiling a statement costs more than it saves where statements take milliseconds. With the defaults the planner
 * scans thousands of rows in order rather than look up hundreds. https://www.postgresql.org/docs/current/runtime-config-query.html#RUNTIME-
 * CONFIG-QUERY-CONSTANTS
 */
const PLANNER = '-c seq_page_cost=0.1 -c random_page_cost=0.15 -c jit=off';

/** Adds the search path and {@link PLANNER} to the start-up options of a connection string, before its own. */
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
