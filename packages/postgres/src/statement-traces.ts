import { currentTrace } from '@marquee/runtime/current-trace';
import type { PartEnd } from '@marquee/runtime/tracing';
import type { Pool, PoolClient } from 'pg';
import type { Queryable } from './queryable.ts';
import { summaryOf } from './statement-summary.ts';

/** The database of a pool, as spans describe it. */
interface TracedDatabase {
  /** `database|schema`. */
  readonly namespace: string;
  readonly host: string;
  readonly port: number;
}

const DATABASE = Symbol('traced database');

type Traced = Pool & { readonly [DATABASE]?: TracedDatabase };

/**
 * Records each statement of a pool as a span of the current trace, with the wait for a connection. The span is named by the statement's
 * summary, such as `SELECT movies`, and has its text with `$1` and so on, never the values
 * (https://opentelemetry.io/docs/specs/semconv/db/postgresql/).
 *
 * The trace is determined at the call, since a statement may be sent when another request releases its connection.
 */
export function traceStatements(pool: Pool, database: TracedDatabase): void {
  Object.defineProperty(pool, DATABASE, { value: database });
  const query = pool.query.bind(pool) as Query;
  pool.query = ((...args: Parameters<Query>) => traced(query, args, database)) as Pool['query'];
}

/** Records the statements of a connection of the pool, as {@link traceStatements} does. */
export function tracedClient(pool: Pool, client: PoolClient): Queryable {
  const database = (pool as Traced)[DATABASE];
  if (database === undefined || currentTrace() === undefined) return client;
  const query = client.query.bind(client) as Query;
  return { query: ((...args: Parameters<Query>) => traced(query, args, database)) as Queryable['query'] };
}

type Query = (statement: unknown, ...rest: unknown[]) => unknown;

function traced(query: Query, args: Parameters<Query>, { namespace, host, port }: TracedDatabase): unknown {
  const trace = currentTrace();
  if (trace === undefined || !trace.isRecorded) return query(...args);
  const { name, text = '' } = statementOf(args[0]);
  const summary = summaryOf(text);
  const part = trace.begin(summary, {
    kind: 'client',
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': namespace,
      'db.query.text': text,
      'db.query.summary': summary,
      'server.address': host,
      'server.port': port,
      'marquee.statement.name': name,
    },
  });
  const result = query(...args);
  if (result instanceof Promise)
    result.then(
      () => part.end(),
      (error: unknown) => part.end(failure(error)),
    );
  else part.end();
  return result;
}

function failure(error: unknown): PartEnd {
  const { code, name } = error as { code?: string; name?: string };
  return { attributes: { 'db.response.status_code': code }, error: code ?? name ?? 'unexpected' };
}

function statementOf(statement: unknown): { name?: string | undefined; text?: string | undefined } {
  return typeof statement === 'string' ? { text: statement } : (statement as { name?: string; text?: string });
}
