import type pg from 'pg';
import { Counter, Histogram, type Registry } from 'prom-client';

/** The statement of readiness checks, which metrics do not count. */
export const READINESS_PROBE = 'select 1 as ready';

/** Statements for transactions and settings of the session, which no caller wrote. */
const FRAME = /^\s*(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|set|reset|discard)\b/i;

/**
 * Counts and times each statement of a connection: `marquee_sql_statements_total` and `marquee_sql_statement_seconds`.
 * Leaves out transaction control, settings of the session and readiness checks, so that the count is that of the work.
 */
export function meterStatements(client: pg.ClientBase, registry: Registry): void {
  const { statements, seconds } = statementMetrics(registry);
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;

  function metered(...args: unknown[]): unknown {
    const [statement] = args;
    const text = textOf(statement);
    if (FRAME.test(text) || text === READINESS_PROBE) return query(...args);
    statements.inc();
    const stopTimer = seconds.startTimer();
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      args[args.length - 1] = (...result: unknown[]) => {
        stopTimer();
        callback(...result);
      };
      return query(...args);
    }
    const result = query(...args);
    if (result instanceof Promise) {
      const stop = () => void stopTimer();
      result.then(stop, stop);
    }
    return result;
  }
  client.query = metered as typeof client.query;
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const text = (statement as { text?: unknown } | null)?.text;
  return typeof text === 'string' ? text : '';
}

/** Returns the two metrics of a registry, which the pools of one process share. */
function statementMetrics(registry: Registry) {
  const statements = registry.getSingleMetric('marquee_sql_statements_total') as Counter | undefined;
  const seconds = registry.getSingleMetric('marquee_sql_statement_seconds') as Histogram | undefined;
  return {
    statements:
      statements ??
      new Counter({
        name: 'marquee_sql_statements_total',
        help: 'SQL statements sent, without BEGIN, COMMIT, ROLLBACK, SET and readiness checks',
        registers: [registry],
      }),
    seconds:
      seconds ??
      new Histogram({
        name: 'marquee_sql_statement_seconds',
        help: 'Time from sending a SQL statement to the end of its result',
        buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
        registers: [registry],
      }),
  };
}
