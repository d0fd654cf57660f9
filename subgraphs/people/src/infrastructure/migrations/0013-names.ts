import type { Migration } from '@marquee/postgres/migrate';
import { DROP_SEARCH_TEXT_FUNCTIONS, SEARCH_TEXT_FUNCTIONS } from '@marquee/postgres/search-text';

/**
 * Names as they are searched: folded, and their words. A table of its own, so that it is written only when a name is, and persons are read
 * while it is filled. `popular`: a popularity of 1 or more, as one or two persons in a hundred have.
 */
const TABLE = `
  create table person_names (
    person_id text collate "C" primary key references persons on delete cascade,
    popular boolean not null,
    name text not null,
    words tsvector not null
  ) with (fillfactor = 90)`;

const nameOf = (row: string) => `
  ${row}.id, coalesce(${row}.popularity, 0) >= 1, folded_text(${row}.name),
  array_to_tsvector(case when ${row}.original_name is null or ${row}.original_name = ${row}.name then words_of(${row}.name)
    else words_of(${row}.name) || words_of(${row}.original_name) end)`;

const TRIGGERS = [
  `create function keep_name() returns trigger language plpgsql as $$
  begin
    insert into person_names as kept select ${nameOf('new')}
    on conflict (person_id) do update set popular = excluded.popular, name = excluded.name, words = excluded.words;
    return null;
  end
  $$`,
  'create trigger name_inserted after insert on persons for each row execute function keep_name()',
  `create trigger name_updated after update of name, original_name, popularity on persons
  for each row when (
    old.name <> new.name or old.original_name is distinct from new.original_name
    or (coalesce(old.popularity, 0) >= 1) <> (coalesce(new.popularity, 0) >= 1)
  ) execute function keep_name()`,
  // Whoever writes, replication too.
  'alter table persons enable always trigger name_inserted',
  'alter table persons enable always trigger name_updated',
  // The triggers keep others from writing until this is committed.
  `insert into person_names select ${nameOf('p')} from persons p`,
];

const INDEXES = [
  'create index person_names_by_word on person_names using gin (words)',
  'create index popular_person_names_by_word on person_names using gin (words) where popular',
  // By hash: a name has no greatest length.
  'create index person_names_by_name on person_names using hash (name)',
  'create index popular_person_names_by_spelling on person_names using gin (spellings_of(name)) where popular',
  'analyze person_names',
];

/** Adds the names that searches read. At 1,000,000 persons it takes a minute or two, in which reads go on as before and writes wait. */
export const names: Migration = {
  name: '0013-names',

  async up(knex) {
    for (const statement of [...SEARCH_TEXT_FUNCTIONS, TABLE, ...TRIGGERS, ...INDEXES]) {
      await knex.raw(statement.replaceAll('?', '\\?'));
    }
  },

  async down(knex) {
    await knex.raw('drop trigger name_updated on persons');
    await knex.raw('drop trigger name_inserted on persons');
    await knex.raw('drop table person_names');
    await knex.raw('drop function keep_name()');
    await knex.raw(DROP_SEARCH_TEXT_FUNCTIONS);
  },
};
