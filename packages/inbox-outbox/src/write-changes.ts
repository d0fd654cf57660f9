import { randomUUIDv7 } from 'node:crypto';
import { type ChangeFacts, checkChange, entityKey } from '@marquee/events/change-codec';
import type { ChangedEntity, ChangeSource, ChangeTopic } from '@marquee/events/change-topics';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import { currentTrace } from '@marquee/runtime/current-trace';

/** An entity that changed in this transaction. */
export type ChangeToWrite<Source extends ChangeSource> = {
  readonly entity: ChangedEntity<Source>;
  readonly id: string;
  /** Cache tags of every response that may have become stale. */
  readonly tags: readonly string[];
} & (
  | { readonly deleted: true; readonly facts?: undefined }
  /** The version tells a creation from an update. */
  | { readonly deleted?: false; readonly facts: ChangeFacts<Source> }
);

const CHANGES = rowArrays<ChangeToWrite<ChangeSource>>({
  event_id: ['uuid', () => randomUUIDv7()],
  entity: ['text', 'entity'],
  id: ['text', 'id'],
  is_deleted: ['boolean', ({ deleted }) => deleted === true],
  tags: ['jsonb', ({ tags }) => JSON.stringify(tags)],
  facts: ['jsonb', ({ facts }) => (facts === undefined ? null : JSON.stringify(facts))],
  trace: ['jsonb', traceHeaders],
});

/** Returns the headers of the trace that makes a change, which its event continues. */
function traceHeaders(): string | null {
  const trace = currentTrace();
  return trace === undefined ? null : JSON.stringify(trace.recordHeaders);
}

/**
 * Locks the row of each entity in one order until the commit, and then draws `seq`. So of two changes of one entity the later one has
 * the greater version and the greater `seq`, and is not visible before the earlier one. Deleting a missing entity is no change.
 */
const WRITE = `
  with incoming as (
    select * from ${CHANGES.as('i')}
  ), versioned as (
    insert into entity_versions as stored (entity, id, version, last_change)
    select entity, id, 1, case when is_deleted then 'deleted' else 'created' end
      from incoming
     order by entity collate "C", id collate "C"
        on conflict (entity, id) do update
       set version = stored.version + 1,
           last_change = case when excluded.last_change = 'deleted' then 'deleted'
                              when stored.last_change = 'deleted' then 'created'
                              else 'updated' end
     where not (excluded.last_change = 'deleted' and stored.last_change = 'deleted')
    returning stored.entity, stored.id, stored.version, stored.last_change
  )
  insert into outbox (event_id, entity, entity_id, version, change, tags, facts, trace)
  select i.event_id, v.entity, v.id, v.version, v.last_change, i.tags, i.facts, i.trace
    from versioned v join incoming i on i.entity = v.entity and i.id = v.id
  returning entity, entity_id as id, version`;

/**
 * Writes changes into the outbox in the transaction that makes them, in one statement, and returns the new versions by
 * {@link entityKey}. An entity may occur once. The deletion of a deleted entity has no version.
 *
 * @throws MarqueeError `INVALID_EVENT` for a change that followers would reject
 */
export async function writeChanges<Source extends ChangeSource>(
  tx: Queryable,
  topic: ChangeTopic<Source>,
  changes: readonly ChangeToWrite<Source>[],
): Promise<ReadonlyMap<string, number>> {
  if (changes.length === 0) return new Map();
  for (const { entity, id, tags, deleted, facts } of changes) {
    checkChange(topic, { entity, id, version: 1, change: deleted ? 'deleted' : 'updated', tags, ...facts });
  }
  const { rows } = await tx.query<{ entity: string; id: string; version: number }>({
    name: 'outbox-write',
    text: WRITE,
    values: CHANGES.values(changes),
  });
  return new Map(rows.map(({ entity, id, version }) => [entityKey(entity, id), version]));
}
