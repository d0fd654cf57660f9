import { decodeChange, type EntityChange, entityKey } from '@marquee/events/change-codec';
import { CHANGE_TOPICS, type ChangedEntity, type ChangeSource, type ChangeTopic } from '@marquee/events/change-topics';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { TopicConsumer } from './topic-consumer.ts';

/**
 * Writes the effects of another subgraph's changes in the transaction that commits the offset; it must have no other effects. Gets the
 * latest change of each entity, in the order of the log. Earlier ones may be missing, so `created` and `updated` both mean that the
 * entity exists.
 */
export type ChangeHandler<Source extends ChangeSource> = (
  tx: Queryable,
  changes: readonly EntityChange<Source>[],
) => Promise<void>;

/** Changes of another subgraph that a subgraph follows. */
export interface Following<Source extends ChangeSource = ChangeSource> {
  /** Kinds of entities; changes of others are ignored. */
  readonly entities: readonly ChangedEntity<Source>[];
  readonly handler: ChangeHandler<Source>;
}

/** Followed changes by name of the topic. */
export type Followings = { readonly [Source in ChangeSource as ChangeTopic<Source>['name']]?: Following<Source> };

/** A following of any source. */
export interface AnyFollowing {
  readonly entities: readonly string[];
  readonly handler: ChangeHandler<never>;
}

const keyOf = ({ entity, entityId }: EntityChange) => entityKey(entity, entityId);

/** Creates a consumer of changes: the greatest version wins, and a repeated or late change has no effect. */
export function changeConsumer(topic: string, following: AnyFollowing): TopicConsumer<EntityChange> {
  const entities = new Set<string>(following.entities);
  const others = CHANGE_TOPICS.find(({ name }) => name === topic)?.entities.filter((name) => !entities.has(name)) ?? [];
  const keysOfOthers = others.map((entity) => Buffer.from(entityKey(entity, '')));
  return {
    read(record) {
      // Most changes of an initial load are of persons, which no subgraph follows: their keys are enough to ignore them.
      if (keysOfOthers.some((start) => record.key?.subarray(0, start.length).equals(start))) return 'ignored';
      const decoded = decodeChange(record);
      if (!decoded.ok) return { fault: { code: decoded.code, reason: decoded.reason } };
      return entities.has(decoded.change.entity) ? { event: decoded.change } : 'ignored';
    },
    // Applied before observations, whose rows contain their values: each row is then written once.
    priority: 1,
    keyOf,
    rowsOf: () => 1,
    isNewer: (event, next) => event.version > next.version,
    guard: (tx, changes) => guardVersions(tx, topic, changes),
    // The topic determines the source of its changes; `startInbox` pairs it with the handler of that source.
    apply: (tx, changes) => following.handler(tx, changes as never),
  };
}

const VERSIONS = rowArrays<EntityChange>({ key: ['text', keyOf], version: ['bigint', 'version'] });

/** Locks rows in the order of their keys, so that two consumers cannot deadlock. */
const GUARD = `
  insert into inbox_versions as stored (topic, key, version)
  select $1, key, version from ${VERSIONS.as('incoming', 2)} order by key collate "C"
  on conflict (topic, key) do update set version = excluded.version where excluded.version > stored.version
  returning key`;

async function guardVersions(
  tx: Queryable,
  topic: string,
  changes: readonly EntityChange[],
): Promise<Map<string, 'changed' | 'stale'>> {
  if (changes.length === 0) return new Map();
  const { rows } = await tx.query<{ key: string }>({
    name: 'inbox-guard-versions',
    text: GUARD,
    values: [topic, ...VERSIONS.values(changes)],
  });
  const changed = new Set(rows.map(({ key }) => key));
  return new Map(changes.map(keyOf).map((key) => [key, changed.has(key) ? 'changed' : 'stale']));
}
