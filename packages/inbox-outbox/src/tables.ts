import type { Migration } from '@marquee/postgres/migrate';

/**
 * The tables of the inbox; first in the list of a subgraph's migrations.
 *
 * `inbox_offsets` says how far each partition is applied; its row is locked by whoever applies a batch.
 * `inbox_observations` says which observation of each key stands, a deletion too: a row is never deleted, so that an
 * update that was observed before the deletion and arrives after it finds the later version.
 */
export const inboxMigration: Migration = {
  name: '0000-inbox',
  up: async (knex) => {
    await knex.raw(`
      create table inbox_offsets (
        topic text not null,
        partition integer not null,
        next_offset bigint not null check (next_offset >= 0),
        primary key (topic, partition)
      ) with (fillfactor = 50)`);
    await knex.raw(`
      create table inbox_observations (
        topic text not null,
        key text not null,
        observed_at timestamptz not null,
        content_hash bytea check (length(content_hash) = 32),
        deleted boolean not null,
        primary key (topic, key),
        check (deleted = (content_hash is null))
      ) with (fillfactor = 90)`);
  },
  down: async (knex) => {
    await knex.raw('drop table inbox_observations, inbox_offsets');
  },
};
