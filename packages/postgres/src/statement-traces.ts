import { currentTrace } from '@marquee/runtime/current-trace';
import type { PartEnd } from '@marquee/runtime/tracing';
import type { Pool, PoolClient } from 'pg';
import type { Queryable } from './queryable.ts';

/** The span name of statements that have no name. */
const SYSTEM = 'postgresql';

const NAMESPACE = Symbol('database and schema');

type Traced = Pool & { readonly [NAMESPACE]?: string };

/**
 * Records each statement of a pool as a span of the current trace, with the wait for a connection. The span has the statement's text with
 * `$1` and so on, never the values (https://opentelemetry.io/docs/specs/semconv/db/postgresql/).
 *
 * The trace is determined at the call, since a statement may be sent when another request releases its connection.
 *
 * @param namespace the database and its schema
 */
export function traceStatements(pool: Pool, namespace: string): void {
  Object.defineProperty(pool, NAMESPACE, { value: namespace });
  const query = pool.query.bind(pool) as Query;
  pool.query = ((...args: Parameters<Query>) => traced(query, args, namespace)) as Pool['query'];
}

/** Records the statements of a connection of the pool, as {@link traceStatements} does. */
export function tracedClient(pool: Pool, client: PoolClient): Queryable {
  const namespace = (pool as Traced)[NAMESPACE];
  if (namespace === undefined || currentTrace() === undefined) return client;
  const query = client.query.bind(client) as Query;
  return { query: ((...args: Parameters<Query>) => traced(query, args, namespace)) as Queryable['query'] };
}

type Query = (statement: unknown, ...rest: unknown[]) => unknown;

function traced(query: Query, args: Parameters<Query>, namespace: string): unknown {
  const trace = currentTrace();
  if (trace === undefined) return query(...args);
  const { name, text } = statementOf(args[0]);
  const part = trace.begin(name ?? SYSTEM, {
    kind: 'client',
    attributes: {
      'db.system.name': SYSTEM,
      'db.namespace': namespace,
      'db.query.text': text,
      'db.query.summary': name,
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
