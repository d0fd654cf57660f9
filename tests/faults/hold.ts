import { randomInt } from 'node:crypto';
import { openSession } from '@marquee/postgres/session';
import { eventually } from '@marquee/testing/eventually';
import { execute, type SubgraphName } from './databases.ts';

const EVENTS = {
  /** The consumer has written all effects of a batch, and stores its offset. */
  'before commit': 'create trigger fault before update on inbox_offsets for each row execute function fault()',
  /** The server commits the batch, which cannot fail any more, and has not responded. */
  'during commit': `create constraint trigger fault after update on inbox_offsets deferrable initially deferred
    for each row execute function fault()`,
  /** The relay has published changes, and deletes them. */
  'before deletion': 'create trigger fault before delete on outbox for each statement execute function fault()',
} as const;

/** A statement of a subgraph's process that waits in Postgres. */
export interface Hold {
  /** Resolves with the backend's process id when a statement waits. */
  caught(): Promise<number>;
  /** Ends the backend, so that its statement has no effect. */
  terminate(backend: number): Promise<void>;
  /** Lets statements continue, now and from now on. */
  release(): Promise<void>;
}

/** Stops the next statement of a kind in Postgres, at a place where a process shall die. */
export async function hold(adminUrl: string, subgraph: SubgraphName, event: keyof typeof EVENTS): Promise<Hold> {
  // An advisory lock that held statements wait for.
  const lock = randomInt(2 ** 31);
  const statements = [
    `set search_path = ${subgraph}`,
    `create or replace function fault() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock_shared(${lock}); if tg_op = ''DELETE'' then return old; end if; return new; end'`,
    EVENTS[event],
  ];
  const session = await openSession({ url: adminUrl, applicationName: 'hold', channels: [], onNotification: () => {} });
  await session.query(`select pg_advisory_lock(${lock})`);
  await execute(adminUrl, statements.join(';'));
  return {
    caught: () =>
      eventually(async () => {
        const [waiting] = await session.query<{ pid: number }>(
          `select pid from pg_locks where locktype = 'advisory' and objid = ${lock} and not granted`,
        );
        if (waiting === undefined) throw new Error(`no statement of ${subgraph} was caught ${event}`);
        return waiting.pid;
      }, 60_000),
    terminate: async (backend) => void (await session.query('select pg_terminate_backend($1, 10000)', [backend])),
    release: () => session.close(),
  };
}
