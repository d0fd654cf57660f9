import type { SharedFacts } from '../domain/person-details.ts';
import { SHARED_COLUMNS } from './person-details-columns.ts';

const SHARED = Object.keys(SHARED_COLUMNS);

/**
 * Returns SQL for persons as a source observed them, except that facts of newer details replace the source's.
 *
 * @param source rows `s` with `id` and `observed_at`
 * @param others columns that only the source has
 */
export function effective(source: string, others: readonly string[]): string {
  const shared = SHARED.map(
    (column) => `case when d.person_id is null then s.${column} else d.${column} end as ${column}`,
  );
  return `(
    select ${[...others.map((column) => `s.${column}`), ...shared].join(', ')}
    from ${source} left join person_details d on d.person_id = s.id and d.observed_at > s.observed_at)`;
}

/**
 * SQL condition that a person `p` already has the facts that an observation `s` and newer details give it. It is evaluated for different
 * persons only, which are few.
 */
export const HAS_NEWER_DETAILS = `exists (
  select from person_details d
  where d.person_id = s.id and d.observed_at > s.observed_at and p.tmdb_id is not distinct from s.tmdb_id
    and p.original_name is not distinct from s.original_name
    and (${SHARED.map((column) => `p.${column}`).join(', ')}) is not distinct from (${SHARED.map((column) => `d.${column}`).join(', ')}))`;

/** Reads the facts of details that are newer than observations. @param observations rows `s` with `id` and `observed_at` */
export function newerFactsStatement(observations: string): string {
  const facts = Object.entries(SHARED_COLUMNS).map(([column, [, property]]) => `d.${column} as "${property}"`);
  return `
    select s.id, ${facts.join(', ')}
    from ${observations} join person_details d on d.person_id = s.id and d.observed_at > s.observed_at`;
}

/** A row of {@link newerFactsStatement}. */
export type NewerFacts = SharedFacts & { readonly id: string };

/**
 * Returns the statement that gives the persons $1 the facts of their details that are newer than all credits, except fields that clients
 * edited, and stores these for their release. It returns the persons that it changed.
 *
 * @param seenLater SQL query for credits of `s.id` that are newer than `s.observed_at`
 */
export function takeDetailsStatement(seenLater: string): string {
  const property = (column: string) => SHARED_COLUMNS[column]?.[1];
  const set = SHARED.map(
    (column) => `${column} = case when o.edited ? '${property(column)}' then p.${column} else s.${column} end`,
  );
  const observed = SHARED.map((column) => `'${property(column)}', s.${column}`).join(', ');
  const list = (row: string) => SHARED.map((column) => `${row}.${column}`).join(', ');
  return `
    with newest as (
      select s.* from (select person_id as id, observed_at, ${SHARED.join(', ')} from person_details where person_id = any($1::text[])) s
      where not exists (${seenLater})
    ), kept as (
      update person_overrides o set observed = o.observed || jsonb_build_object(${observed})
      from newest s where o.person_id = s.id and o.observed_at < s.observed_at
    )
    update persons p set ${set.join(', ')}
    from newest s left join person_overrides o on o.person_id = s.id
    where p.id = s.id and p.observed_at < s.observed_at and (${list('p')}) is distinct from (${list('s')})
    returning p.id`;
}
