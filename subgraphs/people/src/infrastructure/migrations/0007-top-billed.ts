import type { Migration } from '@marquee/postgres/migrate';

/**
 * Tells of all credits once more, with who is billed first, so that those who follow learn of it. Nothing is stale by it, so no tags are
 * told. It changes no table: what is shown can be read meanwhile, and consumers wait.
 */
export const topBilled: Migration = {
  name: '0007-top-billed',

  async up(knex) {
    // Transactions that hold films end first, and others begin later: none can wait for this one and this one for it.
    await knex.raw('lock table entity_versions in exclusive mode');
    await knex.raw(`
      with versioned as (
        insert into entity_versions as known (entity, id, version, last_change)
        select distinct 'MovieCredits', movie_id, 1, 'created' from credits
        on conflict (entity, id) do update set version = known.version + 1, last_change = 'updated'
        returning known.id, known.version, known.last_change
      )
      insert into outbox (event_id, entity, entity_id, version, change, tags, facts)
      select gen_random_uuid(), 'MovieCredits', v.id, v.version, v.last_change, '[]', jsonb_build_object('topBilled', array(
        select billed.person_id
        from (
          select distinct on (c.person_id) c.person_id, c.place, c.key from credits c
          where c.movie_id = v.id and c.kind = 'cast' order by c.person_id, c.place, c.key
        ) billed
        order by billed.place, billed.key limit 10
      ))
      from versioned v`);
  },

  // What was told stays told.
  async down() {},
};
