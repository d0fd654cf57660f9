import type { Queryable } from '@marquee/postgres/queryable';
import type { MovieSearch } from '../application/movie-store.ts';
import { MOVIE_COLUMNS, type MovieRow, toMovie } from './movie-row.ts';
import { prepared } from './prepared.ts';

/** Similar spellings are looked for when fewer films than this have all the words. */
const ENOUGH = 20;

/** Of the films that have all the words, so many of the most popular are ranked: a word like "the" is in every third title. */
const RANKED = 1_000;

/**
 * Films that match query $1, with a score that depends on nothing but the query and the film, so that pages are stable.
 * All words match (the last as a prefix): 1, half as much again when the title is the query, plus how similar the title is (0 to 1),
 * plus the decimal logarithm of popularity. A similar spelling: -1 to 1 by similarity, plus half that logarithm.
 */
const CANDIDATES = `
  with query as materialized (
    select fold($1) as folded, (nullif(plainto_tsquery('simple', fold($1))::text, '') || ':*')::tsquery as words
  ),
  matching as (
    (select m.id, m.folded_title, m.folded_original_title, m.popularity
      from query join movies m on m.search_vector @@ query.words order by m.popularity desc, m.id desc limit ${RANKED})
    union
    (select m.id, m.folded_title, m.folded_original_title, m.popularity
      from query join movies m on m.folded_title = query.folded or m.folded_original_title = query.folded
      where query.folded <> '' order by m.popularity desc, m.id desc limit ${RANKED})
  ),
  by_word as materialized (
    select m.id, 1 + case when query.folded in (m.folded_title, m.folded_original_title) then 0.5 else 0 end
      + greatest(similarity(m.folded_title, query.folded), similarity(m.folded_original_title, query.folded))
      + log(1 + m.popularity) as score
    from query cross join matching m
  ),
  by_spelling as (
    select m.id, 2 * alike.similarity - 1 + log(1 + m.popularity) / 2 as score
    from query
    cross join lateral similar_movies(query.folded) alike
    join movies m on m.id = alike.movie_id
    where (select count(*) from (select from by_word limit ${ENOUGH}) first_few) < ${ENOUGH}
      and not exists (select from by_word where by_word.id = m.id)
  ),
  candidate as (select * from by_word union all select * from by_spelling)`;

type FoundRow = MovieRow & { readonly score: number };

export function createPostgresMovieSearch(db: Queryable): MovieSearch {
  return {
    async search(query, page) {
      const values: unknown[] = [query, page.limit];
      let beyond = 'true';
      if (page.cursor !== null) {
        values.push(...page.cursor);
        beyond = `(score, id) ${page.backward ? '>' : '<'} ($3::double precision, $4::text)`;
      }
      const towards = page.backward ? 'asc' : 'desc';
      const statement = `${CANDIDATES}
        select ${MOVIE_COLUMNS}, found.score
        from (select * from candidate where ${beyond} order by score ${towards}, id ${towards} limit $2) found
        join movies m on m.id = found.id order by found.score ${towards}, m.id ${towards}`;
      const { rows } = await db.query<FoundRow>(prepared(statement, values));
      return rows.map(({ score, ...row }) => ({ movie: toMovie(row), keys: [score, row.id] }));
    },

    async count(query) {
      const statement = `${CANDIDATES} select count(*) as count from candidate`;
      const { rows } = await db.query<{ count: number }>(prepared(statement, [query]));
      return rows[0]?.count ?? 0;
    },
  };
}
