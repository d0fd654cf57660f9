-- Publishes all credits again, now with the persons billed first. Caches stay valid, so the changes have no tags. Reads continue; consumers
-- wait.

-- migrate:up

-- Waits for transactions that hold movies and blocks later ones, so that no deadlock is possible.
lock table entity_versions in exclusive mode;

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
from versioned v;

-- migrate:down

-- Published changes stay published.
