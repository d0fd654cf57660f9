import type { Queryable } from '@marquee/postgres/queryable';
import type { QueueStatus } from '../application/queue-status.ts';
import type { EntityKind } from '../domain/entity.ts';
import { LIVE } from './postgres-replica.ts';

const EXAMPLES = 5;
const MAX_UNKNOWN = 100;

const COUNTS =
  'select kind, state, lane, count(*)::int as count from entities group by kind, state, lane order by 1, 2, 3';

const OLDEST = `
  select kind, (select refreshed_at from entities e where e.kind = kinds.kind and lane = 'refresh' and lane <> 'new'
    and state in ('queued', 'fresh') order by due_at limit 1) as oldest
  from unnest('{movie,person}'::entity_kind[]) as kinds (kind)`;

const BEHIND = `
  select coalesce(max(extract(epoch from now() - due_at)), 0)::double precision as behind from (
    select min(due_at) as due_at from entities
    where state in ('queued', 'fresh') and lane <> 'new' and due_at <= now() group by lane, kind) due`;

const FAILURES = `
  select kind, code, state, count, (select jsonb_agg(x) from (
    select id, failure_reason as reason, attempts, case when e.state = 'queued' then due_at end as "nextTry"
    from entities e where e.kind = f.kind and e.failure_code = f.code and e.state = f.state
    order by failed_at desc limit ${EXAMPLES}) x) as examples
  from (select kind, failure_code as code, state, count(*)::int as count from entities
    where failure_code is not null group by kind, failure_code, state) f order by count desc, code`;

const UNKNOWN = `
  select count(*)::int as count, (array_agg(kind || ' ' || id order by absent_since desc))[1:${MAX_UNKNOWN}] as first
  from entities where state = 'absent' and refreshed_at is null`;

/** Reads the state of the queue. */
export async function readStatus(pool: Queryable): Promise<QueueStatus> {
  const [counts, oldest, behind, rate, replicas, failures, unknown, cursors] = await Promise.all([
    pool.query<QueueStatus['entities'][number] & Row>(COUNTS),
    pool.query<{ kind: EntityKind; oldest: Date | null }>(OLDEST),
    pool.query<{ behind: number }>(BEHIND),
    pool.query<QueueStatus['rate'] & Row>(
      'select rate as "perSecond", most, refused, throttled_ms / 1000 as "throttledSeconds" from allowance',
    ),
    pool.query<QueueStatus['replicas'][number] & Row>(
      `select name, command, started_at as "startedAt" from replicas where ${LIVE} order by id`,
    ),
    pool.query<QueueStatus['failures'][number] & Row>(FAILURES),
    pool.query<{ count: number; first: string[] | null }>(UNKNOWN),
    pool.query<{ name: string; position: Date }>('select name, position from cursors order by name'),
  ]);
  const oldestOf = (kind: EntityKind) => oldest.rows.find((row) => row.kind === kind)?.oldest ?? null;
  return {
    entities: counts.rows,
    oldestRefresh: { movie: oldestOf('movie'), person: oldestOf('person') },
    behindSeconds: behind.rows[0]?.behind ?? 0,
    rate: rate.rows[0] as QueueStatus['rate'],
    replicas: replicas.rows,
    failures: failures.rows,
    unknown: { count: unknown.rows[0]?.count ?? 0, first: unknown.rows[0]?.first ?? [] },
    cursors: Object.fromEntries(cursors.rows.map(({ name, position }) => [name, position])),
  };
}

type Row = Record<string, unknown>;

/** Queues failed entities again. @returns their number */
export async function retryFailed(
  pool: Queryable,
  { kind = null, code = null }: { kind?: EntityKind | null | undefined; code?: string | null | undefined },
): Promise<number> {
  const { rowCount } = await pool.query(
    `update entities set state = 'queued', lane = 'retry', due_at = now(), attempts = 0
     where failure_code is not null and state in ('failed', 'queued')
       and kind = coalesce($1, kind) and failure_code = coalesce($2, failure_code)`,
    [kind, code],
  );
  return rowCount ?? 0;
}
