import { advisoryLockKey } from '@marquee/postgres/advisory-lock';
import type { Pool } from '@marquee/postgres/pool';
import { rowArrays } from '@marquee/postgres/row-arrays';
import { inTransaction } from '@marquee/postgres/transaction';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { Candidate } from '../application/work-queue.ts';

const exported = rowArrays<Candidate>({ id: ['int', 'id'], popularity: ['real', 'popularity'] });

const STAGE = `
  insert into export_ids (replica, id, popularity) select $1::bigint, id, max(popularity) from ${exported.as('e', 2)}
  group by id on conflict do nothing`;

/** $1: replica, $2: least popularity, $3: number of movies, $4: time of the export. Rows that stay as they are stay unlocked. */
const ADD = `
  with wanted as materialized (
    select id, popularity from export_ids where replica = $1::bigint and popularity >= $2::real
    order by popularity desc, id limit $3::bigint
  ), known as (
    update entities e set
      in_export = true,
      popularity = wanted.popularity,
      state = case when e.state = 'absent' then 'queued' else e.state end,
      lane = case when e.state = 'absent' then 'change' else e.lane end,
      due_at = case when e.state = 'absent' then now() else e.due_at end
    from wanted
    where e.kind = 'movie' and e.id = wanted.id and case
      when e.state = 'absent' then e.absent_since < $4::timestamptz
      else not e.in_export or (e.state = 'queued' and e.lane = 'new' and e.popularity <> wanted.popularity) end
  ), added as (
    insert into entities (kind, id, popularity, in_export)
    select 'movie', id, popularity, true from wanted
    where not exists (select from entities e where e.kind = 'movie' and e.id = wanted.id)
    order by popularity desc, id
    on conflict do nothing
    returning 1
  )
  select (select count(*) from added)::int as added, (select count(*) from wanted)::int as wanted`;

/** Movies that were in the last export, and are not in this one: the next request confirms it. */
const VERIFY_VANISHED = `
  update entities e set
    in_export = false,
    changed_while_leased = changed_while_leased or state = 'leased',
    state = case when state = 'leased' then state else 'queued' end,
    lane = case when state = 'leased' then lane else 'confirm' end,
    due_at = case when state = 'leased' then due_at else now() end
  where kind = 'movie' and in_export and state <> 'absent'
    and not exists (select from export_ids x where x.replica = $1::bigint and x.id = e.id)`;

/** Share of the last export below which an export counts as incomplete. */
const LEAST_SHARE = 0.5;

/** Result of the comparison of an export with the queue. */
export interface Census {
  /** Movies of the export. */
  readonly listed: number;
  /** Movies among them that the popularity and the limit admit. */
  readonly wanted: number;
  /** Movies that were unknown. */
  readonly added: number;
  /** Movies that the export no longer has, which are requested to confirm it. */
  readonly vanished: number;
}

export interface CensusOptions {
  /** A pool whose statements may take minutes: an export has a million movies. */
  readonly pool: Pool;
  readonly replica: string;
  readonly minPopularity: number;
  readonly limit: number | undefined;
  /** Time at which TMDb wrote the export. */
  readonly exportedAt: Date;
}

/**
 * Adds the movies of an export to the queue, and queues those that vanished since the last one. Nothing is changed until the whole export
 * has been read.
 *
 * @throws MarqueeError `EXPORT_INCOMPLETE` (exit code 2) for an export with less than half of the movies of the last one, and the errors of
 * reading it
 */
export async function takeCensus(
  options: CensusOptions,
  batches: AsyncIterable<readonly Candidate[]>,
): Promise<Census> {
  const { pool, replica, minPopularity, limit, exportedAt } = options;
  await pool.query('delete from export_ids where replica = $1', [replica]);
  try {
    for await (const batch of batches) {
      await pool.query({ name: 'stage export', text: STAGE, values: [replica, ...exported.values(batch)] });
    }
    return await inTransaction(pool, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [advisoryLockKey('ingest census')]);
      const counts = await tx.query<{ listed: number; known: number }>(
        `select (select count(*) from export_ids where replica = $1)::int as listed,
          (select count(*) from entities where kind = 'movie' and in_export)::int as known`,
        [replica],
      );
      const { listed, known } = counts.rows[0] as { listed: number; known: number };
      if (listed < known * LEAST_SHARE) throw incomplete(listed, known);
      const values = [replica, minPopularity, limit ?? null, exportedAt];
      const { rows } = await tx.query<{ added: number; wanted: number }>(ADD, values);
      const { rowCount } = await tx.query(VERIFY_VANISHED, [replica]);
      const { added, wanted } = rows[0] as { added: number; wanted: number };
      return { listed, wanted, added, vanished: rowCount ?? 0 };
    });
  } finally {
    await pool.query('delete from export_ids where replica = $1', [replica]);
  }
}

function incomplete(listed: number, known: number): MarqueeError {
  return new MarqueeError(
    'EXPORT_INCOMPLETE',
    `The export has ${listed} movies, and the last one had ${known}: it is not complete. Nothing was queued.`,
    { exitCode: EXIT.usage },
  );
}
