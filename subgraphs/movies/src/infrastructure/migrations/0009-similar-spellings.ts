import type { Migration } from '@marquee/postgres/migrate';

const similarPopularMovies = (bound: string) => `
  create or replace function similar_popular_movies(folded_query text) returns table (movie_id text, similarity double precision)
  language sql stable parallel safe
  set pg_trgm.word_similarity_threshold = 0.5
  begin atomic
    select m.id, greatest(
      public.word_similarity(folded_query, m.folded_title), public.word_similarity(folded_query, m.folded_original_title)
    )
    from movies m
    where m.popularity >= 1
      and (m.folded_title operator(public.%>) folded_query or m.folded_original_title operator(public.%>) folded_query)
    ${bound};
  end`;

/** The threshold is known once the library is loaded, which a function is first that uses it: see 0001. */
const LOAD_PG_TRGM = 'select public.show_limit()';

/** Of the popular films with similar titles the most popular 1,000 are ranked: a misspelt common word resembles every third title. */
export const similarSpellings: Migration = {
  name: '0009-similar-spellings',
  async up(knex) {
    await knex.raw(LOAD_PG_TRGM);
    await knex.raw(similarPopularMovies('order by m.popularity desc, m.id desc limit 1000'));
  },
  async down(knex) {
    await knex.raw(LOAD_PG_TRGM);
    await knex.raw(similarPopularMovies(''));
  },
};
