import type { Queryable } from '@marquee/postgres/queryable';

/** The version of an entity, and whether it exists. */
export interface EntityVersion {
  /** Number of changes, deletions included; 0 for an entity that never existed. */
  readonly version: number;
  readonly deleted: boolean;
}

const LOCK = `
  select id, version, last_change = 'deleted' as deleted from entity_versions
  where entity = $1 and id = any($2::text[]) order by id for update`;

/** Locks rows only when all exist: a holder of some rows could deadlock with a transaction that adds the others. */
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
 * Locks entities of one kind until the transaction ends, and returns their versions, whether they exist or not. Other transactions that
 * change them wait, and then see the changes. Rows are added in the order of their ids, and existing ones are locked in that order, so
 * that two transactions cannot deadlock. New entities take 2 more statements.
 *
 * @param areNew true when most are expected to be new: skips the statement that locks entities which all exist
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
    const existing = await lock(tx, { name: 'outbox-lock-all-entities', text: LOCK_IF_ALL }, entity, distinct);
    if (existing.size === distinct.length) return existing;
  }
  const { rows } = await tx.query<{ id: string }>({
    name: 'outbox-add-entities',
    text: ADD,
    values: [entity, distinct],
  });
  // Rows that this transaction has added are invisible to others and need no lock.
  const added = new Map(rows.map(({ id }) => [id, NEVER]));
  const others = distinct.filter((id) => !added.has(id));
  return new Map([...added, ...(await lockExistingEntities(tx, entity, others))]);
}

/** Locks those of the entities that exist or existed, as {@link lockEntities} does, without blocking the creation of others. */
export async function lockExistingEntities(
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
