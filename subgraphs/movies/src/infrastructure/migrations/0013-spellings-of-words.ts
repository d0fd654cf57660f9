import type { Migration } from '@marquee/postgres/migrate';

/**
 * A text without a trigram (`%`, an emoji, a combining mark) resembles nothing. An index of trigrams has no entry to look up for it and
 * would read all it has: https://www.postgresql.org/docs/current/gin.html, search mode `GIN_SEARCH_MODE_ALL`.
 */
const HAS_TRIGRAMS = `public.show_trgm(folded_query) <> '{}' and`;

const similar = (name: string, popular: string, guard: string, bound: string) => `
  create or replace function ${name}(folded_query text) returns table (movie_id text, similarity double precision)
  language sql stable parallel safe
  set pg_trgm.word_similarity_threshold = 0.5
  begin atomic
    select m.id, greatest(
      public.word_similarity(folded_query, m.folded_title), public.word_similarity(folded_query, m.folded_original_title)
    )
    from movies m
    where ${guard} ${popular}
      (m.folded_title operator(public.%>) folded_query or m.folded_original_title operator(public.%>) folded_query)
    ${bound};
  end`;

const functions = (guard: string) => [
  similar('similar_movies', '', guard, ''),
  similar('similar_popular_movies', 'm.popularity >= 1 and', guard, 'order by m.popularity desc, m.id desc limit 1000'),
];

/** The threshold is known once the library is loaded, which a function is first that uses it: see 0001. */
const LOAD_PG_TRGM = 'select public.show_limit()';

export const spellingsOfWords: Migration = {
  name: '0013-spellings-of-words',
  async up(knex) {
    for (const statement of [LOAD_PG_TRGM, ...functions(HAS_TRIGRAMS)]) await knex.raw(statement);
  },
  async down(knex) {
    for (const statement of [LOAD_PG_TRGM, ...functions('')]) await knex.raw(statement);
  },
};
