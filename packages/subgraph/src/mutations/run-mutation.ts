import { contentHash } from '@marquee/inbox-outbox/content-hash';
import { isTransient, isUnavailable } from '@marquee/postgres/availability';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';

/** A mutation that somebody asked for. */
export interface MutationCall {
  /** Who asks: `context.identity.subject`. Keys of different subjects have nothing to do with one another. */
  readonly subject: string;
  /** The mutation's field in the schema. */
  readonly mutation: string;
  /** What the client calls this attempt and its repetitions; null: each call counts. */
  readonly idempotencyKey: string | null;
  /** All other arguments, JSON. The same key with other arguments is refused. */
  readonly request: unknown;
}

/** What came of a mutation: what was done, small and JSON (ids and versions, not entities), or why nothing was. */
export type Outcome<Done, Why> = { readonly done: Done } | { readonly refused: Why };

/** The idempotency key came with another mutation or with other arguments before. */
export interface KeyReused {
  readonly kind: 'keyReused';
}

/** How often a transaction that lost against another (a deadlock) is tried. */
const ATTEMPTS = 3;

/*
 * A key that another transaction is just using is waited for: `on conflict` sees whether that one commits. What is older than a day goes
 * by and by, a few rows with each new key.
 */
const CLAIM = `
  with expired as (
    select subject, key from idempotency_keys where created_at < now() - interval '1 day'
    order by created_at limit 10 for update skip locked
  ), removed as (
    delete from idempotency_keys k using expired e where k.subject = e.subject and k.key = e.key
  )
  insert into idempotency_keys (subject, key, request_hash) values ($1, $2, $3) on conflict do nothing`;

const ANSWERED = `
  select request_hash = $3 as "isSame", result from idempotency_keys where subject = $1 and key = $2`;

const ANSWER = `update idempotency_keys set result = $3 where subject = $1 and key = $2`;

/**
 * Does a mutation in one transaction, or nothing of it: what is refused is rolled back. With an idempotency key it is done once,
 * however often and however many at a time ask: the others get what the first one got. Only what was done is remembered, so a
 * refused call may be repeated with its key once the reason is gone.
 *
 * `work` may run more than once, each time in a transaction of its own.
 *
 * @throws what `work` throws; an error of which `isUnavailable` is true may leave open whether the mutation was done: a client
 * that sent a key asks again
 */
export async function runMutation<Done, Why>(
  pool: Pool,
  call: MutationCall,
  work: (tx: Queryable) => Promise<Outcome<Done, Why>>,
): Promise<Outcome<Done, Why | KeyReused>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, (tx) => once(tx, call, work));
    } catch (error) {
      if (error instanceof RolledBack) return error.outcome as Outcome<Done, Why>;
      if (attempt === ATTEMPTS || !isTransient(error) || isUnavailable(error)) throw error;
    }
  }
}

async function once<Done, Why>(
  tx: Queryable,
  call: MutationCall,
  work: (tx: Queryable) => Promise<Outcome<Done, Why>>,
): Promise<Outcome<Done, Why | KeyReused>> {
  const { subject, mutation, idempotencyKey: key, request } = call;
  if (key !== null) {
    const values = [subject, key, contentHash({ mutation, request })];
    const { rowCount } = await tx.query({ name: 'idempotency-claim', text: CLAIM, values });
    if (rowCount === 0) {
      const { rows } = await tx.query<{ isSame: boolean; result: Done }>({
        name: 'idempotency-answered',
        text: ANSWERED,
        values,
      });
      const [answered] = rows;
      if (answered === undefined) return once(tx, call, work);
      return answered.isSame ? { done: answered.result } : { refused: { kind: 'keyReused' } };
    }
  }
  const outcome = await work(tx);
  if ('refused' in outcome) throw new RolledBack(outcome);
  if (key !== null) {
    const values = [subject, key, JSON.stringify(outcome.done)];
    await tx.query({ name: 'idempotency-answer', text: ANSWER, values });
  }
  return outcome;
}

/** Takes a refusal out of a transaction, which is rolled back on its way. */
class RolledBack extends Error {
  readonly outcome: Outcome<unknown, unknown>;
  constructor(outcome: Outcome<unknown, unknown>) {
    super('refused');
    this.outcome = outcome;
  }
}
