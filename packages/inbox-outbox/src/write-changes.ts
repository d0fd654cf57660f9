import { randomUUIDv7 } from 'node:crypto';
import { type ChangeFacts, checkChange, entityKey } from '@marquee/events/change-codec';
import type { ChangedEntity, ChangeSource, ChangeTopic } from '@marquee/events/change-topics';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';

/** An entity that changed in this transaction. */
export type ChangeToWrite<Source extends ChangeSource> = {
  readonly entity: ChangedEntity<Source>;
  readonly id: string;
  /** Cache tags of every answer that may have become stale. */
  readonly tags: readonly string[];
} & (
  | { readonly deleted: true; readonly facts?: undefined }
  /** Whether it was created or updated is known from its version. */
  | { readonly deleted?: false; readonly facts: ChangeFacts<Source> }
);

const CHANGES = rowArrays<ChangeToWrite<ChangeSource>>({
  event_id: ['uuid', () => randomUUIDv7()],
  entity: ['text', 'entity'],
  id: ['text', 'id'],
  is_deleted: ['boolean', ({ deleted }) => deleted === true],
  tags: ['jsonb', ({ tags }) => JSON.stringify(tags)],
  facts: ['jsonb', ({ facts }) => (facts === undefined ? null : JSON.stringify(facts))],
});

/**
 * The row of each entity is taken in one order, and held until the commit; only then is `seq` drawn. So of two changes of one entity
 * the later one has the greater version and the greater `seq`, and is not seen before the earlier one.
 * The deletion of what is not there is none.
 */
const WRITE = `
  with incoming as (
    select * from ${CHANGES.as('i')}
  ), versioned as (
    insert into entity_versions as known (entity, id, version, last_change)
    select entity, id, 1, case when is_deleted then 'deleted' else 'created' end
      from incoming
     order by entity collate "C", id collate "C"
        on conflict (entity, id) do update
       set version = known.version + 1,
           last_change = case when excluded.last_change = 'deleted' then 'deleted'
                              when known.last_change = 'deleted' then 'created'
                              else 'updated' end
     where not (excluded.last_change = 'deleted' and known.last_change = 'deleted')
    returning known.entity, known.id, known.version, known.last_change
  )
  insert into outbox (event_id, entity, entity_id, version, change, tags, facts)
  select i.event_id, v.entity, v.id, v.version, v.last_change, i.tags, i.facts
    from versioned v join incoming i on i.entity = v.entity and i.id = v.id
  returning entity, entity_id as id, version`;

/**
 * Writes down what changed, in the transaction in which it changed, for the relay to tell; one statement for a batch. Each entity
 * may be named once. Returns the new versions by {@link entityKey}; a deletion of what was deleted already has none.
 *
 * @throws MarqueeError `INVALID_EVENT` for a change that no follower would take
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
