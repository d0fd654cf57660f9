import { contentHash } from '@marquee/inbox-outbox/content-hash';
import { isTransient, isUnavailable } from '@marquee/postgres/availability';
import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import type { KeyReused, MutationCall, Outcome } from './outcome.ts';

/** Attempts at a transaction that lost against another, such as in a deadlock. */
const ATTEMPTS = 3;

/*
 * `on conflict` waits for the commit or rollback of another transaction with the key. Each new key deletes a few keys that are older than
 * a day.
 */
const CLAIM = `
  with expired as (
    select subject, key from idempotency_keys where created_at < now() - interval '1 day'
    order by created_at limit 10 for update skip locked
  ), removed as (
    delete from idempotency_keys k using expired e where k.subject = e.subject and k.key = e.key
  )
  insert into idempotency_keys (subject, key, request_hash) values ($1, $2, $3) on conflict do nothing`;

const FIND_RESULT = `
  select request_hash = $3 as "isSame", result from idempotency_keys where subject = $1 and key = $2`;

const STORE_RESULT = `update idempotency_keys set result = $3 where subject = $1 and key = $2`;

/**
 * Executes a mutation in one transaction, which a refusal rolls back. A call with an idempotency key is executed once: repetitions, at the
 * same time too, get the first result. Refusals are not stored, so a refused call may be repeated with its key.
 *
 * `work` may run more than once, each time in a transaction of its own.
 *
 * @throws what `work` throws; after an error for which `isUnavailable` is true it is unknown whether the mutation was committed, and a
 * client that sent a key repeats the call
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
        text: FIND_RESULT,
        values,
      });
      const [stored] = rows;
      if (stored === undefined) return once(tx, call, work);
      return stored.isSame ? { done: stored.result } : { refused: { kind: 'keyReused' } };
    }
  }
  const outcome = await work(tx);
  if ('refused' in outcome) throw new RolledBack(outcome);
  if (key !== null) {
    const values = [subject, key, JSON.stringify(outcome.done)];
    await tx.query({ name: 'idempotency-answer', text: STORE_RESULT, values });
  }
  return outcome;
}

/** An error with a refusal, which rolls its transaction back. */
class RolledBack extends Error {
  readonly outcome: Outcome<unknown, unknown>;
  constructor(outcome: Outcome<unknown, unknown>) {
    super('refused');
    this.outcome = outcome;
  }
}
