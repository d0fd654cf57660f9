import type { EntityKind, Lane } from '../domain/entity.ts';

/** The clock's row is locked until the lease is committed: of two leases of an entity, the later one has the later version. */
const NEXT_VERSION = `
  update lease_clock
  set version = greatest(version + interval '1 millisecond', date_trunc('milliseconds', clock_timestamp()))
  returning version`;

const LEASED = `e.kind, e.id, e.lane, e.version, e.etag, e.hashes, e.attempts, e.absent_since is not null as "wasAbsent"`;

/** Columns that a lease sets, on the table `e`. */
const SET_LEASED = `state = 'leased', replica = $1, version = clock.version, changed_while_leased = false`;

/** One step of a lease: entities of one kind in one lane, at most as many as previous steps have left. */
interface Step {
  readonly name: string;
  readonly where: string;
  readonly order: string;
  /** Share of the rest that the step may take. */
  readonly share: number;
}

/**
 * Returns the statement that leases the entities that are due, in the order of their lanes ($1: replica, $2: limit). Within a lane movies
 * come before persons, except for new entities, of which each kind gets an equal share: neither a million movies nor their persons, four
 * times as many, delay the others for longer than twice their own time.
 */
export function leaseStatement(kinds: readonly EntityKind[], lanes: readonly Lane[]): string {
  const steps = lanes.flatMap((lane) => (lane === 'new' ? newSteps(kinds) : kinds.map((kind) => dueStep(lane, kind))));
  const queries = steps.map(({ name, where, order, share }, index) => {
    const taken = steps.slice(0, index).map((step) => `(select count(*) from ${step.name})`);
    const rest = ['$2::int', ...taken].join(' - ');
    return `${name} as materialized (
      select kind, id from entities where ${where}
      order by ${order} limit greatest(0, ceil((${rest}) * ${share})::int) for update skip locked)`;
  });
  return `
    with clock as materialized (${NEXT_VERSION}),
    ${queries.join(',\n    ')},
    due as (${steps.map(({ name }) => `select kind, id from ${name}`).join(' union all ')})
    update entities e set ${SET_LEASED} from due, clock
    where e.kind = due.kind and e.id = due.id and e.state in ('queued', 'fresh')
    returning ${LEASED}`;
}

function dueStep(lane: Lane, kind: EntityKind): Step {
  const where = `kind = '${kind}' and state in ('queued', 'fresh') and lane = '${lane}' and lane <> 'new' and due_at <= now()`;
  return { name: `${lane}_${kind}`, where, order: 'due_at', share: 1 };
}

/** Returns a step for the share of each kind, and one for what the last kinds leave of theirs. */
function newSteps(kinds: readonly EntityKind[]): Step[] {
  const shares = kinds.map((kind, index) => newStep(`new_${kind}`, kind, 1 / (kinds.length - index)));
  const [first] = kinds;
  if (kinds.length === 1 || first === undefined) return shares;
  const rest = newStep('new_rest', first, 1);
  return [...shares, { ...rest, where: `${rest.where} and id not in (select id from new_${first})` }];
}

function newStep(name: string, kind: EntityKind, share: number): Step {
  const where = `kind = '${kind}' and state = 'queued' and lane = 'new'`;
  return { name, where, order: 'popularity desc, id', share };
}

/** Leases one entity ($1: replica, $2: kind, $3: id) unless a replica holds it. */
export const LEASE_ONE = `
  with clock as materialized (${NEXT_VERSION})
  insert into entities as e (kind, id, state, replica, version)
  select $2::entity_kind, $3::int, 'leased', $1::bigint, clock.version from clock
  on conflict (kind, id) do update set ${SET_LEASED.replaceAll('clock.version', 'excluded.version')}
  where e.state <> 'leased'
  returning ${LEASED}`;
