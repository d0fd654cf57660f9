import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { Verdict } from './topic-consumer.ts';

/** The observed state of a key; `contentHash` is null when it was deleted. */
export interface Observation {
  readonly key: string;
  readonly observedAt: Date;
  readonly contentHash: Buffer | null;
}

const OBSERVATIONS = rowArrays<Observation>({
  key: ['text', 'key'],
  observed_at: ['timestamptz', ({ observedAt }) => observedAt.toISOString()],
  content_hash: ['bytea', 'contentHash'],
});

/*
 * `previous` locks the stored rows and reads their latest version. `written` joins it, so that it runs before the first
 * row is written: a statement cannot lock a row that it has updated. Of two observations of the same moment, the one with
 * the later offset wins, and an equal one is stale: a topic that is read again writes nothing.
 */
const GUARD = `
  with incoming as (
    select * from ${OBSERVATIONS.as('i', 2)}
  ), previous as (
    select o.key, o.observed_at, o.content_hash
      from inbox_observations o
     where o.topic = $1 and o.key = any($2::text[])
     order by o.key
       for update
  ), written as (
    insert into inbox_observations as o (topic, key, observed_at, content_hash, deleted)
    select $1, i.key, i.observed_at, i.content_hash, i.content_hash is null
      from incoming i left join previous p on p.key = i.key
     where p.key is null or i.observed_at > p.observed_at
        or i.observed_at = p.observed_at and i.content_hash is distinct from p.content_hash
     order by i.key
        on conflict (topic, key) do update
       set observed_at = excluded.observed_at, content_hash = excluded.content_hash, deleted = excluded.deleted
     where excluded.observed_at >= o.observed_at
    returning o.key
  )
  select i.key,
         case when w.key is null then 'stale'
              when p.key is null or i.content_hash is distinct from p.content_hash then 'changed'
              else 'unchanged' end as verdict
    from incoming i left join previous p on p.key = i.key left join written w on w.key = i.key`;

/**
 * Stores the observations of a topic that are newer than the stored ones, in one statement, and returns the verdict on
 * each key. The keys must differ.
 */
export async function guardObservations(
  tx: Queryable,
  topic: string,
  observations: readonly Observation[],
): Promise<Map<string, Verdict>> {
  if (observations.length === 0) return new Map();
  const { rows } = await tx.query<{ key: string; verdict: Verdict }>({
    name: 'inbox-guard',
    text: GUARD,
    values: [topic, ...OBSERVATIONS.values(observations)],
  });
  return new Map(rows.map(({ key, verdict }) => [key, verdict]));
}
