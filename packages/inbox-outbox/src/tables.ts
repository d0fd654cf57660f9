import type { Migration } from '@marquee/postgres/migrate';

/** Channel on which an outbox says the name of its schema when something is written. */
export const OUTBOX_CHANNEL = 'marquee_outbox';

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

/**
 * The tables of the outbox, and those by which a subgraph follows the changes of others. Each subgraph's `0002-outbox` calls it
 * and adds the versions of what is there already.
 *
 * `entity_versions` counts the changes of each entity. A row is never deleted: an entity that is created again goes on
 * counting. Whoever changes an entity holds its row until the commit, so that versions follow the order of commits.
 * `outbox` holds what is not sent yet; `seq` is drawn while the entity's row is held, so that it orders the changes of one entity.
 * `inbox_versions` says which version of each followed entity is applied.
 */
export const outboxMigration: Migration = {
  name: '0002-outbox',
  up: async (knex) => {
    await knex.raw(`
      create table entity_versions (
        entity text collate "C",
        id text collate "C",
        version bigint not null check (version >= 0),
        last_change text not null check (last_change in ('created', 'updated', 'deleted')),
        primary key (entity, id)
      ) with (fillfactor = 80)`);
    // A queue: its rows live for moments, and what is left of them is cleared away often.
    await knex.raw(`
      create table outbox (
        seq bigint generated always as identity primary key,
        event_id uuid not null,
        entity text not null,
        entity_id text not null,
        version bigint not null,
        change text not null check (change in ('created', 'updated', 'deleted')),
        tags jsonb not null,
        facts jsonb,
        occurred_at timestamptz(3) not null default clock_timestamp()
      ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`);
    await knex.raw(`
      create function wake_outbox_relay() returns trigger language plpgsql as $$
      begin
        perform pg_notify('${OUTBOX_CHANNEL}', tg_table_schema);
        return null;
      end $$`);
    await knex.raw(`
      create trigger outbox_wakes_relay after insert on outbox
      for each statement execute function wake_outbox_relay()`);
    await knex.raw(`
      create table inbox_versions (
        topic text not null,
        key text not null,
        version bigint not null,
        primary key (topic, key)
      ) with (fillfactor = 80)`);
  },
  down: async (knex) => {
    await knex.raw('drop table inbox_versions, outbox, entity_versions');
    await knex.raw('drop function wake_outbox_relay()');
  },
};
