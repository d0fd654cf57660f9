import type { Migration } from '@marquee/postgres/migrate';
import { DROP_SEARCH_TEXT_FUNCTIONS, SEARCH_TEXT_FUNCTIONS } from '@marquee/postgres/search-text';

/**
 * Titles as they are searched: folded, and their words. A table of its own, so that it is written only when a title is, and movies are
 * read while it is filled. `folded_title`, `folded_original_title` and `search_vector` of movies stay for similar spellings, for scripts
 * without blanks, and for the release before.
 */
const TABLE = `
  create table movie_titles (
    movie_id text collate "C" primary key references movies on delete cascade,
    title text not null,
    original_title text not null,
    words tsvector not null
  )`;

const titleOf = (row: string) => `
  ${row}.id, folded_text(${row}.title), folded_text(${row}.original_title),
  array_to_tsvector(case when ${row}.original_title = ${row}.title then words_of(${row}.title)
    else words_of(${row}.title) || words_of(${row}.original_title) end)`;

const TRIGGERS = [
  `create function keep_title() returns trigger language plpgsql as $$
  begin
    insert into movie_titles as kept select ${titleOf('new')}
    on conflict (movie_id) do update set title = excluded.title, original_title = excluded.original_title, words = excluded.words;
    return null;
  end
  $$`,
  'create trigger title_inserted after insert on movies for each row execute function keep_title()',
  `create trigger title_updated after update of title, original_title on movies
  for each row when (old.title <> new.title or old.original_title <> new.original_title) execute function keep_title()`,
  // Whoever writes, replication too.
  'alter table movies enable always trigger title_inserted',
  'alter table movies enable always trigger title_updated',
  // The triggers keep others from writing until this is committed.
  `insert into movie_titles select ${titleOf('m')} from movies m`,
];

const INDEXES = [
  'create index movie_titles_by_word on movie_titles using gin (words)',
  // By hash: a title has no greatest length.
  'create index movie_titles_by_title on movie_titles using hash (title)',
  'create index movie_titles_by_original_title on movie_titles using hash (original_title)',
  'create index movie_titles_by_spelling on movie_titles using gin ((spellings_of(title) || spellings_of(original_title)))',
  'analyze movie_titles',
];

/** Adds the titles that searches read. At 1,000,000 movies it takes some minutes, in which reads go on as before and writes wait. */
export const titles: Migration = {
  name: '0012-titles',
  async up(knex) {
    for (const statement of [...SEARCH_TEXT_FUNCTIONS, TABLE, ...TRIGGERS, ...INDEXES]) {
      await knex.raw(statement.replaceAll('?', '\\?'));
    }
  },
  async down(knex) {
    await knex.raw('drop trigger title_updated on movies');
    await knex.raw('drop trigger title_inserted on movies');
    await knex.raw('drop table movie_titles');
    await knex.raw('drop function keep_title()');
    await knex.raw(DROP_SEARCH_TEXT_FUNCTIONS);
  },
};
