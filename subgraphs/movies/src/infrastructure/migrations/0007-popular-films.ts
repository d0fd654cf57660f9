import type { Migration } from '@marquee/postgres/migrate';

/** One or two films in a hundred have a popularity of 1 or more. */
const POPULAR = 'popularity >= 1';

/**
 * Small indexes of the few films that nearly everybody looks for: a misspelt common word resembles hundreds of thousands of titles, and
 * a common Chinese character is in tens of thousands.
 */
const STATEMENTS = [
  `create index popular_movies_by_spelling on movies
  using gin (folded_title public.gin_trgm_ops, folded_original_title public.gin_trgm_ops) where ${POPULAR}`,
  `create index popular_movies_by_cjk on movies
  using gin (cjk_grams(folded_title || ' ' || folded_original_title)) where ${POPULAR}`,
  // The library must be loaded when its setting is: see 0001.
  'select public.show_limit()',
  `create function similar_popular_movies(folded_query text) returns table (movie_id text, similarity double precision)
  language sql stable parallel safe
  set pg_trgm.word_similarity_threshold = 0.5
  begin atomic
    select m.id, greatest(
      public.word_similarity(folded_query, m.folded_title), public.word_similarity(folded_query, m.folded_original_title)
    )
    from movies m
    where m.${POPULAR}
      and (m.folded_title operator(public.%>) folded_query or m.folded_original_title operator(public.%>) folded_query);
  end`,
];

/** What searches look at first. At 1,000,000 films it takes some seconds. */
export const popularFilms: Migration = {
  name: '0007-popular-films',
  async up(knex) {
    for (const statement of STATEMENTS) await knex.raw(statement);
  },
  async down(knex) {
    await knex.raw('drop function similar_popular_movies(text)');
    await knex.raw('drop index popular_movies_by_cjk, popular_movies_by_spelling');
  },
};
