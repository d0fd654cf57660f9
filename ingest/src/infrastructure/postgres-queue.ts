import { toDatabaseError } from '@marquee/postgres/database-error';
import type { Pool } from '@marquee/postgres/pool';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { Candidate, Lease, Settlement, WorkQueue } from '../application/work-queue.ts';
import type { Entity, EntityKind } from '../domain/entity.ts';
import { createBatcher } from './batcher.ts';
import { LEASE_ONE, leaseStatement } from './lease-statements.ts';
import { SETTLE, type SettledRow, toSettledRow } from './settle-statement.ts';

const candidateRows = rowArrays<Candidate>({ id: ['int', 'id'], popularity: ['real', 'popularity'] });

const ENQUEUE_NEW = `
  insert into entities (kind, id, popularity)
  select $1::entity_kind, id, max(popularity) from ${candidateRows.as('listed', 2)} group by id order by id
  on conflict do nothing`;

const OUTSTANDING = `
  select
    (select count(*)::int from entities where state = 'leased' and kind = any($1::entity_kind[])) as leased,
    (select extract(epoch from min(due_at) - now())::double precision from (
      select due_at from unnest($1::entity_kind[]) k, unnest($2::queue_lane[]) l, lateral (
        select due_at from entities where kind = k and lane = l and lane <> 'new' and state in ('queued', 'fresh')
        order by due_at limit 1) due
      union all
      select now() from unnest($1::entity_kind[]) k
      where 'new' = any($2::queue_lane[]) and exists (select from entities where kind = k and state = 'queued' and lane = 'new')
    ) next) as "nextDueSeconds"`;

/** A row of a lease: a type, since rows have an index signature. */
type LeaseRow = { [Column in keyof Lease]: Lease[Column] };

/** The entities that one movie adds. */
interface Enqueued {
  readonly kind: EntityKind;
  readonly candidates: readonly Candidate[];
}

/** Maximum number of rows of one statement. */
const MAX_ROWS = 1_000;
/** Maximum number of movies whose persons are added together: most have about 30. */
const MAX_CALLS = 30;
/** Maximum length of a stored reason. */
const MAX_REASON = 500;

export interface PostgresQueueOptions {
  readonly pool: Pool;
  /** Returns the id of this replica, which changes when the replica was taken for dead. */
  readonly replica: () => string;
  /** Days until a refreshed entity is due again. */
  readonly refreshDays: number;
}

/**
 * Creates the queue in Postgres. Leases are taken with `for update skip locked`, so that replicas neither wait for each other nor lease the
 * same entity. A lease ends with its settlement, or with the heartbeats of its replica. Settlements and new entities are batched.
 */
export function createPostgresQueue({ pool, replica, refreshDays }: PostgresQueueOptions): WorkQueue {
  const settleOne = createBatcher<SettledRow, boolean>(async (rows) => {
    const { rows: settled } = await pool.query<{ kind: EntityKind; id: number }>({
      name: 'settle',
      text: SETTLE.text,
      values: [refreshDays, ...SETTLE.rows.values(rows)],
    });
    const keys = new Set(settled.map(keyOf));
    return rows.map((row) => keys.has(keyOf(row)));
  }, MAX_ROWS);

  const enqueue = createBatcher<Enqueued, undefined>(async (calls) => {
    for (const [kind, ofKind] of Map.groupBy(calls, (call) => call.kind)) {
      const all = ofKind.flatMap(({ candidates }) => candidates);
      for (let start = 0; start < all.length; start += MAX_ROWS) {
        const values = [kind, ...candidateRows.values(all.slice(start, start + MAX_ROWS))];
        await pool.query({ name: 'enqueue new', text: ENQUEUE_NEW, values });
      }
    }
    return calls.map(() => undefined);
  }, MAX_CALLS);

  return {
    async lease(limit, kinds, lanes) {
      if (limit <= 0) return [];
      const { rows } = await pool.query<LeaseRow>({
        name: `lease ${kinds} ${lanes}`,
        text: leaseStatement(kinds, lanes),
        values: [replica(), limit],
      });
      return rows;
    },

    async leaseOne({ kind, id }) {
      const { rows } = await pool.query<LeaseRow>({
        name: 'lease one',
        text: LEASE_ONE,
        values: [replica(), kind, id],
      });
      return rows[0];
    },

    settle: (lease, settlement) => settleOne(toSettledRow(lease, shorten(settlement))),

    async outstanding(kinds, lanes) {
      const { rows } = await pool.query<{ leased: number; nextDueSeconds: number | null }>(OUTSTANDING, [kinds, lanes]);
      return rows[0] ?? { leased: 0, nextDueSeconds: null };
    },

    async enqueueNew(kind, candidates) {
      if (candidates.length === 0) return;
      try {
        await enqueue({ kind, candidates });
      } catch (error) {
        // Part of a refresh, whose failure would otherwise count as that of its movie.
        throw toDatabaseError(error, pool.options.connectionString ?? '');
      }
    },
  };
}

function keyOf({ kind, id }: Entity): string {
  return `${kind} ${id}`;
}

function shorten(settlement: Settlement): Settlement {
  return settlement.outcome === 'failed'
    ? { ...settlement, reason: settlement.reason.slice(0, MAX_REASON) }
    : settlement;
}
