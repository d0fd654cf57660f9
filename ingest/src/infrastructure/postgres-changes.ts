import type { Queryable } from '@marquee/postgres/queryable';
import type { ChangedEntities } from '../application/changes-feed.ts';

/** A leased entity is queued again when its lease ends: its response may be older than the change. */
const QUEUE = `
  changed_while_leased = e.state = 'leased',
  state = case e.state when 'leased' then e.state else 'queued' end,
  lane = case when e.state = 'leased' or (e.state = 'queued' and e.lane = 'confirm') then e.lane else 'change' end,
  due_at = case when e.state = 'leased' or (e.state = 'queued' and e.lane = 'confirm') then e.due_at else now() end,
  attempts = 0`;

/** The ids $2 of kind $1, without unknown ones unless $4. */
const IDS = `unnest($2::int[]) as changed (id)
  where $4::boolean or exists (select from entities x where x.kind = $1::entity_kind and x.id = changed.id)`;

/** $1: kind, $2: ids, $3: end of the days of the list, $4: adds unknown ones. */
const CHANGED_BEFORE = `
  insert into entities as e (kind, id, lane)
  select distinct $1::entity_kind, id, 'change'::queue_lane from ${IDS} order by id
  on conflict (kind, id) do update set ${QUEUE}
  where not (e.state in ('fresh', 'leased') and coalesce(e.refreshed_at >= $3::timestamptz, false))
    and not (e.state = 'queued' and e.lane = 'change' and e.due_at <= now())
    and not (e.state = 'absent' and e.absent_since >= $3::timestamptz)`;

/** $1: kind, $2: ids, $3: day, $4: adds unknown ones. */
const LISTED = `
  insert into entities as e (kind, id, lane, listed_on)
  select distinct $1::entity_kind, id, 'change'::queue_lane, $3::date from ${IDS} order by id
  on conflict (kind, id) do update set listed_on = excluded.listed_on, ${QUEUE}
  where e.listed_on is distinct from $3::date`;

/** $1: kind, $2: ids, $3: day, $4: number. */
const RECHECK = `
  update entities e set state = 'queued', lane = 'recheck', due_at = now()
  from (
    select id from entities where kind = $1::entity_kind and id = any($2::int[]) and state in ('fresh', 'absent') and listed_on = $3::date
    order by coalesce(absent_since, refreshed_at) limit $4::int for update skip locked
  ) oldest
  where e.kind = $1::entity_kind and e.id = oldest.id`;

/** Maximum number of rows of one statement. */
const MAX_ROWS = 1_000;

/** Creates the queue as the feed of changes uses it. */
export function createChangedEntities(pool: Queryable): ChangedEntities {
  return {
    async enqueueChangedBefore({ kind, ids, addUnknown }, end) {
      let queued = 0;
      for (const rows of chunks(ids)) {
        queued += (await pool.query(CHANGED_BEFORE, [kind, rows, end, addUnknown])).rowCount ?? 0;
      }
      return queued;
    },

    async enqueueListed({ kind, ids, addUnknown }, day, rechecks) {
      const recheck = await pool.query(RECHECK, [kind, ids, day, rechecks]);
      let queued = recheck.rowCount ?? 0;
      for (const rows of chunks(ids)) {
        queued += (await pool.query(LISTED, [kind, rows, day, addUnknown])).rowCount ?? 0;
      }
      return queued;
    },
  };
}

function* chunks(ids: readonly number[]): Generator<readonly number[]> {
  for (let start = 0; start < ids.length; start += MAX_ROWS) yield ids.slice(start, start + MAX_ROWS);
}

/** Returns the position of a cursor. */
export async function readCursor(pool: Queryable, name: string): Promise<Date | undefined> {
  const { rows } = await pool.query<{ position: Date }>('select position from cursors where name = $1', [name]);
  return rows[0]?.position;
}

/** Moves a cursor forward. */
export async function moveCursor(pool: Queryable, name: string, position: Date): Promise<void> {
  await pool.query(
    `insert into cursors as c (name, position) values ($1, $2)
     on conflict (name) do update set position = greatest(c.position, excluded.position)`,
    [name, position],
  );
}
