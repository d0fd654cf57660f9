import type { Queryable } from '@marquee/postgres/queryable';

/** How often an entity changed, and whether it is there. */
export interface EntityVersion {
  /** 0: there never was one. A deletion counts too, and the last version stays. */
  readonly version: number;
  readonly deleted: boolean;
}

const LOCK = `
  select id, version, last_change = 'deleted' as deleted from entity_versions
  where entity = $1 and id = any($2::text[]) order by id for update`;

const ADD = `
  insert into entity_versions (entity, id, version, last_change)
  select $1, id, 0, 'deleted' from unnest($2::text[]) as added (id) order by id collate "C"
  on conflict do nothing`;

/**
 * The versions of entities of one kind, whether or not they are there, locked until the transaction ends: whoever else wants to change
 * them waits here and then sees what was changed. Rows are taken in the order of their ids, so that two never wait for each other
 * in a circle. One or two statements more for entities that are new.
 */
export async function lockEntities(
  tx: Queryable,
  entity: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityVersion>> {
  const known = await lockKnownEntities(tx, entity, ids);
  const missing = [...new Set(ids)].filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  await tx.query({ name: 'outbox-add-entities', text: ADD, values: [entity, missing] });
  return lockKnownEntities(tx, entity, ids);
}

/** {@link lockEntities} for those alone that are there, or were once: it holds nobody up who makes one of the others. */
export async function lockKnownEntities(
  tx: Queryable,
  entity: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityVersion>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<EntityVersion & { id: string }>({
    name: 'outbox-lock-entities',
    text: LOCK,
    values: [entity, ids],
  });
  return new Map(rows.map(({ id, version, deleted }) => [id, { version, deleted }]));
}
