import type { Migration } from '@marquee/postgres/migrate';

/**
 * `idempotency_keys` holds what mutations answered to whoever sent a key with them, for a day at least. A subgraph's migration that
 * makes it write calls it.
 */
export const mutationsMigration: Pick<Migration, 'up' | 'down'> = {
  up: async (knex) => {
    await knex.raw(`
      create table idempotency_keys (
        subject text collate "C" not null,
        key text collate "C" not null,
        request_hash bytea not null check (length(request_hash) = 32),
        result jsonb,
        created_at timestamptz(3) not null default now(),
        primary key (subject, key)
      )`);
    await knex.raw(`create index idempotency_keys_by_age on idempotency_keys (created_at)`);
  },
  down: async (knex) => {
    await knex.raw('drop table idempotency_keys');
  },
};
