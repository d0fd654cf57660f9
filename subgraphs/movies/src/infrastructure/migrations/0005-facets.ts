import type { Migration } from '@marquee/postgres/migrate';

/** Lists that a film is filtered by: the letter that says whose a facet is, and the member as text. */
const LISTS = [
  { table: 'movie_genres', letter: 'g', member: 'genre_id' },
  { table: 'movie_keywords', letter: 'k', member: 'keyword_id' },
  { table: 'movie_production_companies', letter: 'b', member: 'company_id' },
  { table: 'movie_production_countries', letter: 'p', member: 'country_code' },
  { table: 'movie_origin_countries', letter: 'o', member: 'country_code' },
  { table: 'movie_spoken_languages', letter: 's', member: 'language_code' },
  { table: 'movie_releases', letter: 'r', member: `country || ':' || certification` },
] as const;

/**
 * What a film's lists hold, as one array: mixtures of genres, keywords, certifications and so on are then one lookup in one index,
 * which intersects the lists of films without reading the films. A table of its own, so that it is rewritten only when a list is, and
 * no film when it is.
 */
const FACETS = [
  `create table movie_facets (
    movie_id text collate "C" primary key references movies on delete cascade,
    facets text[] collate "C" not null default '{}',
    stale boolean not null default false
  ) with (fillfactor = 90)`,
  // The planner knows how common each of the 10,000 most common ones is.
  'alter table movie_facets alter facets set statistics 1000',
  `create function facets_of(movie text) returns text[] language sql stable parallel safe
  begin atomic
    select coalesce(array_agg(distinct held.facet), '{}') from (
      ${LISTS.map(
        ({ table, letter, member }) =>
          `select ('${letter}' || ${member}) collate "C" as facet from ${table} l where l.movie_id = movie`,
      ).join(' union all ')}
    ) held
    where held.facet is not null;
  end`,
];

/**
 * Triggers keep it right whoever writes. A statement that changes a list only marks its films; what they hold is put together when the
 * transaction commits, once for each film however many of its lists changed.
 */
const TRIGGERS = [
  `create function add_facets() returns trigger language plpgsql as $$
  begin
    insert into movie_facets (movie_id) select id from changed order by id on conflict do nothing;
    return null;
  end
  $$`,
  `create trigger facets_inserted after insert on movies
  referencing new table as changed for each statement execute function add_facets()`,
  `create function mark_facets() returns trigger language plpgsql as $$
  begin
    update movie_facets set stale = true where not stale and movie_id in (select movie_id from changed);
    return null;
  end
  $$`,
  ...LISTS.flatMap(({ table }) =>
    (['insert', 'update', 'delete'] as const).map(
      (event) => `create trigger facets_marked_by_${event} after ${event} on ${table}
      referencing ${event === 'delete' ? 'old' : 'new'} table as changed for each statement execute function mark_facets()`,
    ),
  ),
  `create function keep_facets() returns trigger language plpgsql as $$
  begin
    update movie_facets set facets = facets_of(movie_id), stale = false where movie_id = new.movie_id and stale;
    return null;
  end
  $$`,
  `create constraint trigger facets_kept after update on movie_facets deferrable initially deferred
  for each row when (new.stale) execute function keep_facets()`,
];

/** What all films hold, put together by list rather than by film. */
export const FILL_FACETS = `
  insert into movie_facets (movie_id, facets)
  select m.id, coalesce(held.facets, '{}') from movies m left join (
    select movie_id, array_agg(distinct facet) as facets from (
      ${LISTS.map(
        ({ table, letter, member }) => `select movie_id, ('${letter}' || ${member}) collate "C" as facet from ${table}`,
      ).join(' union all ')}
    ) member where facet is not null group by 1
  ) held on held.movie_id = m.id`;

const INDEX = ['create index movie_facets_by_facet on movie_facets using gin (facets)', 'analyze movie_facets'];

/** What films are filtered by that they have lists of. At 1,000,000 films they take a minute to put together. */
export const facets: Migration = {
  name: '0005-facets',
  async up(knex) {
    for (const statement of [...FACETS, ...TRIGGERS, FILL_FACETS, ...INDEX])
      await knex.raw(statement.replaceAll('?', '\\?'));
  },
  async down(knex) {
    for (const { table } of LISTS) {
      for (const event of ['insert', 'update', 'delete']) {
        await knex.raw(`drop trigger facets_marked_by_${event} on ${table}`);
      }
    }
    await knex.raw('drop trigger facets_inserted on movies');
    await knex.raw('drop table movie_facets');
    await knex.raw('drop function keep_facets(), mark_facets(), add_facets(), facets_of(text)');
  },
};
