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

/** No row is locked before all are there: who held some while others are added could be waited for by whoever adds them. */
const LOCK_IF_ALL = `
  select id, version, last_change = 'deleted' as deleted from entity_versions
  where entity = $1 and id = any($2::text[])
    and (select count(*) from entity_versions where entity = $1 and id = any($2::text[])) = cardinality($2::text[])
  order by id for update`;

const ADD = `
  insert into entity_versions (entity, id, version, last_change)
  select $1, id, 0, 'deleted' from unnest($2::text[]) as added (id) order by id collate "C"
  on conflict do nothing
  returning id`;

const NEVER: EntityVersion = { version: 0, deleted: true };

/**
 * The versions of entities of one kind, whether or not they are there, locked until the transaction ends: whoever else wants to change
 * them waits here and then sees what was changed. Rows are added in the order of their ids, and then those that were there are locked in
 * that order, so that two never wait for each other in a circle. Two statements more where entities are new.
 *
 * @param areNew whether most of them are expected to be new: then the statement is spared that locks those that are all there
 */
export async function lockEntities(
  tx: Queryable,
  entity: string,
  ids: readonly string[],
  areNew = false,
): Promise<ReadonlyMap<string, EntityVersion>> {
  if (ids.length === 0) return new Map();
  const distinct = [...new Set(ids)];
  if (!areNew) {
    const known = await lock(tx, { name: 'outbox-lock-all-entities', text: LOCK_IF_ALL }, entity, distinct);
    if (known.size === distinct.length) return known;
  }
  const { rows } = await tx.query<{ id: string }>({
    name: 'outbox-add-entities',
    text: ADD,
    values: [entity, distinct],
  });
  // Nobody else sees the rows that this transaction has added: there is nothing to lock.
  const added = new Map(rows.map(({ id }) => [id, NEVER]));
  const others = distinct.filter((id) => !added.has(id));
  return new Map([...added, ...(await lockKnownEntities(tx, entity, others))]);
}

/** {@link lockEntities} for those alone that are there, or were once: it holds nobody up who makes one of the others. */
export async function lockKnownEntities(
  tx: Queryable,
  entity: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityVersion>> {
  if (ids.length === 0) return new Map();
  return lock(tx, { name: 'outbox-lock-entities', text: LOCK }, entity, ids);
}

async function lock(
  tx: Queryable,
  statement: { readonly name: string; readonly text: string },
  entity: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EntityVersion>> {
  const { rows } = await tx.query<EntityVersion & { id: string }>({ ...statement, values: [entity, ids] });
  return new Map(rows.map(({ id, version, deleted }) => [id, { version, deleted }]));
}
