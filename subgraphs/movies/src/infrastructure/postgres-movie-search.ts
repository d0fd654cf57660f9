import type { Queryable } from '@marquee/postgres/queryable';
import type { SelectedMovie } from '../application/movie-selection.ts';
import type { MovieQuery, MovieSearch } from '../application/movie-store.ts';
import { columnsOf } from './movie-row.ts';
import { planned } from './prepared.ts';
import { titleWords } from './title-words.ts';

/** Similar spellings are looked for when fewer films than this were found, first among the popular, then among all. */
const ENOUGH = 20;

/** All films are looked through for characters that fewer of the popular ones than this have. */
const ENOUGH_POPULAR = 100;

/** Of the films that have all the words, so many of the most popular are ranked: a word like "the" is in every third title. */
const RANKED = 1_000;

const FOUND = 'm.id, m.folded_title, m.folded_original_title, m.popularity';

/** All characters of the query in scripts without blanks, side by side as there, and all words beside them. */
const HAS_CJK = `cjk_grams(fold($1::text)) <> '{}'
  and cjk_grams(m.folded_title || ' ' || m.folded_original_title) @> cjk_grams(fold($1::text))
  and strpos(m.folded_title || ' ' || m.folded_original_title, (cjk_grams(fold($1::text)))[1]) > 0
  and (plainto_tsquery('simple', without_cjk(fold($1::text)))::text = ''
    or m.search_vector @@ plainto_tsquery('simple', without_cjk(fold($1::text))))`;

/** Not all of the query is in those scripts. Else whatever begins with it holds its characters, and is found by them. */
const HAS_WORDS = `(cjk_grams(fold($1::text)) = '{}' or plainto_tsquery('simple', without_cjk(fold($1::text)))::text <> '')`;

const MOST_POPULAR = `order by m.popularity desc, m.id desc limit ${RANKED}`;

/**
 * Films that match query $1, with a score that depends on nothing but the query and the film, so that pages are stable.
 * All words match (the last as a prefix), or all neighbouring characters of scripts without blanks: 1, half as much again when the
 * title is the query, plus how similar the title is (0 to 1), plus the decimal logarithm of popularity. A similar spelling: -1 to 1
 * by similarity, plus half that logarithm.
 *
 * Similar spellings are looked for among popular films, and among all only while those are few too: a misspelt common word
 * resembles every third title, and so many of the popular ones.
 *
 * The query stands where it is used rather than in a common table, so that each plan is made for it: the most popular films with a
 * common word are met with soon in the order of popularity, those with a rare one are looked up. `strpos` follows from what
 * stands before it, but costs little where it is asked of many films.
 */
const candidates = ({ includeAdult }: MovieQuery) => {
  const shown = includeAdult ? 'true' : 'not m.adult';
  return `
  with query as materialized (select fold($1::text) as folded),
  popular_cjk as materialized (select ${FOUND} from movies m where ${shown} and m.popularity >= 1 and ${HAS_CJK} ${MOST_POPULAR}),
  matching as (
    (select ${FOUND} from movies m where ${shown} and ${HAS_WORDS} and m.search_vector @@ ${titleWords('$1')} ${MOST_POPULAR})
    union
    (select ${FOUND} from movies m
      where ${shown} and (m.folded_title = fold($1::text) or m.folded_original_title = fold($1::text)) and fold($1::text) <> '' ${MOST_POPULAR})
    union
    select * from popular_cjk
    union
    (select ${FOUND} from movies m where ${shown} and (select count(*) from popular_cjk) < ${ENOUGH_POPULAR} and ${HAS_CJK} ${MOST_POPULAR})
  ),
  by_word as materialized (
    select m.id, 1 + case when query.folded in (m.folded_title, m.folded_original_title) then 0.5 else 0 end
      + greatest(similarity(m.folded_title, query.folded), similarity(m.folded_original_title, query.folded))
      + log(1 + m.popularity) as score
    from query cross join matching m
  ),
  popular_by_spelling as materialized (
    select m.id, 2 * alike.similarity - 1 + log(1 + m.popularity) / 2 as score
    from query
    cross join lateral similar_popular_movies(query.folded) alike
    join movies m on m.id = alike.movie_id
    where ${shown} and (select count(*) from (select from by_word limit ${ENOUGH}) first_few) < ${ENOUGH}
      and not exists (select from by_word where by_word.id = m.id)
  ),
  by_spelling as (
    select m.id, 2 * alike.similarity - 1 + log(1 + m.popularity) / 2 as score
    from query
    cross join lateral similar_movies(query.folded) alike
    join movies m on m.id = alike.movie_id
    where ${shown} and (select count(*) from by_word) + (select count(*) from popular_by_spelling) < ${ENOUGH}
      and not exists (select from by_word where by_word.id = m.id)
      and not exists (select from popular_by_spelling popular where popular.id = m.id)
  ),
  candidate as (
    select * from by_word union all select * from popular_by_spelling union all select * from by_spelling
  )`;
};

type FoundRow = SelectedMovie & { readonly score: number };

export function createPostgresMovieSearch(db: Queryable): MovieSearch {
  return {
    async search(query, page, selection) {
      const values: unknown[] = [query.text, page.limit];
      let beyond = 'true';
      if (page.cursor !== null) {
        values.push(...page.cursor);
        beyond = `(score, id) ${page.backward ? '>' : '<'} ($3::double precision, $4::text)`;
      }
      const towards = page.backward ? 'asc' : 'desc';
      const statement = `${candidates(query)}
        select ${columnsOf(selection)}, found.score
        from (select * from candidate where ${beyond} order by score ${towards}, id ${towards} limit $2) found
        join movies m on m.id = found.id order by found.score ${towards}, m.id ${towards}`;
      const { rows } = await db.query<FoundRow>(planned(statement, values));
      return rows.map(({ score, ...movie }) => ({ movie, keys: [score, movie.id] }));
    },

    async count(query) {
      const statement = `${candidates(query)} select count(*) as count from candidate`;
      const { rows } = await db.query<{ count: number }>(planned(statement, [query.text]));
      return rows[0]?.count ?? 0;
    },
  };
}
