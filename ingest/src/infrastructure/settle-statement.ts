import { rowArrays } from '@marquee/postgres/row-arrays';
import type { Lease, Settlement } from '../application/work-queue.ts';
import type { EntityKind, EntityState, Lane } from '../domain/entity.ts';

/** The columns of an entity that a settlement sets. */
export interface SettledRow {
  readonly kind: EntityKind;
  readonly id: number;
  readonly version: Date;
  readonly state: EntityState;
  readonly lane: Lane;
  /** Null: after the days of a refresh. */
  readonly dueInSeconds: number | null;
  readonly attempts: number;
  readonly etag: string | null;
  readonly hashes: string;
  readonly maxAgeSeconds: number | null;
  /** True when the response was a 404, and null when there was none. */
  readonly absent: boolean | null;
  readonly failureCode: string | null;
  readonly failureReason: string | null;
  /** True when the failure before the lease is kept. */
  readonly released: boolean;
}

const rows = rowArrays<SettledRow>({
  kind: ['entity_kind', 'kind'],
  id: ['int', 'id'],
  version: ['timestamptz', 'version'],
  state: ['entity_state', 'state'],
  lane: ['queue_lane', 'lane'],
  due_in: ['double precision', 'dueInSeconds'],
  attempts: ['int', 'attempts'],
  etag: ['text', 'etag'],
  hashes: ['jsonb', 'hashes'],
  max_age: ['double precision', 'maxAgeSeconds'],
  absent: ['boolean', 'absent'],
  failure_code: ['text', 'failureCode'],
  failure_reason: ['text', 'failureReason'],
  released: ['boolean', 'released'],
});

/**
 * Ends leases, and returns the entities whose lease had not ended before ($1: days of a refresh, then the rows). An entity that changed
 * while it was leased is queued again.
 */
export const SETTLE = {
  rows,
  text: `
    update entities e set
      state = case when e.changed_while_leased then 'queued' else s.state end,
      lane = case when e.changed_while_leased then 'change' else s.lane end,
      due_at = case when e.changed_while_leased then now() else
        greatest(
          now() + coalesce(s.due_in * interval '1 second', $1::int * interval '1 day'),
          case when s.state = 'fresh' then now() + s.max_age * interval '1 second' end) end,
      changed_while_leased = false,
      attempts = s.attempts,
      etag = s.etag,
      hashes = s.hashes,
      refreshed_at = case when s.absent is false then now() else e.refreshed_at end,
      fresh_until = case when s.absent is false then now() + s.max_age * interval '1 second' else e.fresh_until end,
      absent_since = case s.absent when true then coalesce(e.absent_since, now()) when false then null else e.absent_since end,
      failure_code = case when s.released then e.failure_code else s.failure_code end,
      failure_reason = case when s.released then e.failure_reason else s.failure_reason end,
      failed_at = case when s.released then e.failed_at when s.failure_code is not null then now() end
    from ${rows.as('s', 2)}
    where e.kind = s.kind and e.id = s.id and e.state = 'leased' and e.version = s.version
    returning e.kind, e.id`,
};

/** Returns the columns of a settlement. */
export function toSettledRow(lease: Lease, settlement: Settlement): SettledRow {
  const { kind, id, version } = lease;
  const { etag, hashes } = 'content' in settlement ? settlement.content : lease;
  const kept = {
    kind,
    id,
    version,
    etag,
    hashes: JSON.stringify(hashes),
    attempts: 0,
    maxAgeSeconds: null,
    released: false,
  };
  const success = { failureCode: null, failureReason: null };
  switch (settlement.outcome) {
    case 'refreshed': {
      const again = settlement.recheckInSeconds;
      const next =
        again === undefined
          ? { state: 'fresh', lane: 'refresh', dueInSeconds: null }
          : { state: 'queued', lane: 'recheck', dueInSeconds: again };
      return { ...kept, ...success, ...next, maxAgeSeconds: settlement.maxAgeSeconds, absent: false } as SettledRow;
    }
    case 'missing': {
      const dueInSeconds = settlement.confirmInSeconds;
      return { ...kept, ...success, state: 'queued', lane: 'confirm', dueInSeconds, absent: true };
    }
    case 'absent':
      return {
        ...kept,
        ...success,
        state: 'absent',
        lane: 'confirm',
        dueInSeconds: 0,
        absent: true,
        etag: null,
        hashes: '{}',
      };
    case 'failed':
      return {
        ...kept,
        state: settlement.retryInSeconds === null ? 'failed' : 'queued',
        lane: 'retry',
        dueInSeconds: settlement.retryInSeconds ?? 0,
        attempts: lease.attempts + 1,
        absent: null,
        failureCode: settlement.code,
        failureReason: settlement.reason,
      };
    case 'released':
      return {
        ...kept,
        ...success,
        state: 'queued',
        lane: lease.lane,
        dueInSeconds: 0,
        attempts: lease.attempts,
        absent: null,
        released: true,
      };
  }
}
