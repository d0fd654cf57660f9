import type { EntityChange } from '@marquee/events/change-codec';
import type { ChangeSource } from '@marquee/events/change-topics';
import type { Session } from '@marquee/postgres/session';

/** A change that is not published yet. */
export interface OutboxRow {
  /** A bigint as text. */
  readonly seq: string;
  readonly change: EntityChange;
  /** Headers of the trace that made the change; null without one. */
  readonly trace: Readonly<Record<string, string>> | null;
}

/**
 * Reads the first changes, in the order of publication. Changes of open transactions are invisible, and of other entities, since a
 * transaction locks the entities that it changes; they are read after their commit.
 */
export async function readOutbox(session: Session, limit: number): Promise<OutboxRow[]> {
  const rows = await session.query<{
    seq: string;
    eventId: string;
    entity: EntityChange['entity'];
    entityId: string;
    version: string;
    change: EntityChange['change'];
    tags: string[];
    facts: EntityChange<ChangeSource>['facts'];
    occurredAt: Date;
    trace: OutboxRow['trace'];
  }>(
    // "order by seq" would sort by the selected text.
    `select seq::text, event_id as "eventId", entity, entity_id as "entityId", version::text, change, tags, facts,
       occurred_at as "occurredAt", trace
     from outbox order by outbox.seq limit $1`,
    [limit],
  );
  return rows.map(({ seq, version, trace, ...change }) => ({
    seq,
    change: { ...change, version: Number(version) },
    trace,
  }));
}

/** Deletes published changes. */
export async function removeFromOutbox(session: Session, rows: readonly OutboxRow[]): Promise<void> {
  await session.query('delete from outbox where seq = any($1::bigint[])', [rows.map(({ seq }) => seq)]);
}

/** Measures the number of pending changes, up to 100,000, and the age of the first. */
export async function measureOutbox(session: Session): Promise<{ pending: number; oldestAgeSeconds: number }> {
  const [row] = await session.query<{ pending: number; age: number | null }>(
    `select count(*)::integer as pending, extract(epoch from clock_timestamp() - min(occurred_at))::double precision as age
     from (select occurred_at from outbox order by seq limit 100000) as waiting`,
  );
  return { pending: row?.pending ?? 0, oldestAgeSeconds: Math.max(0, row?.age ?? 0) };
}
