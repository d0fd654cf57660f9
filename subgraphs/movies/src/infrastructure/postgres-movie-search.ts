import type { Queryable } from '@marquee/postgres/queryable';
import type { SelectedMovie } from '../application/movie-selection.ts';
import type { MovieQuery, MovieSearch } from '../application/movie-store.ts';
import { type TitleAndYear, titleAndYearOf } from '../domain/search-query.ts';
import { columnsOf } from './movie-columns.ts';
import { planned } from './prepared.ts';

/** Number of results below which similar spellings are searched, first among popular movies, then among all. */
const ENOUGH = 20;

/** Number of popular matches of characters below which all movies are searched. */
const ENOUGH_POPULAR = 100;

/** Maximum number of ranked movies with all words, the most popular ones: a word like "the" is in every third title. */
const RANKED = 1_000;

/** Maximum number of ranked movies with a title that differs in one letter, the most popular of each title first. */
const RANKED_SPELLINGS = 100;

const FOUND = 'm.id, t.title, t.original_title, m.popularity, m.release_date';
const TITLES = 'movie_titles t join movies m on m.id = t.movie_id';

const mostPopular = (ranked: number) => `order by m.popularity desc, m.id desc limit ${ranked}`;

/** SQL condition that a title has all characters of the query in scripts without spaces, adjacent as there, and all other words. */
const HAS_CJK = `cjk_grams(fold($1::text)) <> '{}'
  and cjk_grams(m.folded_title || ' ' || m.folded_original_title) @> cjk_grams(fold($1::text))
  and strpos(m.folded_title || ' ' || m.folded_original_title, (cjk_grams(fold($1::text)))[1]) > 0
  and (plainto_tsquery('simple', without_cjk(fold($1::text)))::text = ''
    or m.search_vector @@ plainto_tsquery('simple', without_cjk(fold($1::text))))`;

/** SQL condition that a part of the query is in other scripts. A query without one is found by its characters. */
const HAS_WORDS = `(cjk_grams(fold($1::text)) = '{}' or plainto_tsquery('simple', without_cjk(fold($1::text)))::text <> '')`;

/** Returns the SQL condition that the first release is within a year of this one: lists differ in the release that they count. */
const released = (year: string) =>
  `m.release_date >= make_date(${year}::integer - 1, 1, 1) and m.release_date < make_date(${year}::integer + 2, 1, 1)`;

/** A search query, and the parameters of its statement. */
interface Parameters {
  readonly query: MovieQuery;
  readonly named: TitleAndYear | undefined;
}

/**
 * Returns the SQL for movies that match query $1. The score depends only on the query and the movie, so that pages are stable: the best of
 * - All words match (the last as a prefix), or all adjacent characters of scripts without spaces: 1, or 1.5 when the title is the query, plus
 *   the title's similarity (0 to 1), plus the decimal logarithm of popularity.
 * - All words of title $3 match, and the movie is of year $4 or one next to it: the same for $3, and 0.25 more in that year.
 * - The title is the query, or $3 in such a year, with one other letter: 1.4 plus the decimal logarithm of popularity; half that logarithm
 *   minus 0.5 when a more popular movie has the same title, so that a frequent title does not hide others one letter away.
 * - A similar spelling: -1 to 1 by similarity, plus half that logarithm.
 *
 * Similar spellings are searched among popular movies, and among all movies only while nothing else matches and few popular ones do: a
 * misspelt common word resembles every third title. A query without a word is compared as a whole, by an index.
 *
 * The query is repeated rather than in a common table expression, so that Postgres plans for its value: the most popular movies with a common
 * word come early in the order of popularity, those with a rare one are looked up. `strpos` follows from the condition before it, but is
 * cheap for many movies.
 */
function candidates({ query: { includeAdult }, named }: Parameters): string {
  const shown = includeAdult ? 'true' : 'not m.adult';
  const isTitle = (text: string) => `(t.title = folded_text(${text}) or t.original_title = folded_text(${text}))`;
  const spelled = (text: string) =>
    `(spellings_of(t.title) || spellings_of(t.original_title)) && spellings_of(folded_text(${text}))`;
  const from = (text: string, also: string, year: string) => `
    (select ${FOUND}, ${text} as query, ${year} as year from ${TITLES}
      where ${shown} and ${also} and t.words @@ words_query(${text}) ${mostPopular(RANKED)})
    union all
    (select ${FOUND}, ${text}, ${year} from ${TITLES}
      where ${shown} and ${year === 'null::integer' ? 'true' : also} and ${isTitle(text)} and folded_text(${text}) <> '' ${mostPopular(RANKED)})`;
  const misspelt = (text: string, also: string) => `
    (select * from (
      select m.id, m.popularity, row_number() over (partition by t.title order by m.popularity desc, m.id desc) > 1 as again
      from ${TITLES} where ${shown} and ${also} and ${spelled(text)}
    ) m order by m.again, m.popularity desc, m.id desc limit ${RANKED_SPELLINGS})`;
  return `
  with query as materialized (select folded_text($1::text) as folded),
  popular_cjk as materialized (
    select m.id from movies m where ${shown} and m.popularity >= 1 and ${HAS_CJK} ${mostPopular(RANKED)}
  ),
  cjk as materialized (
    select id from popular_cjk
    union
    (select m.id from movies m
      where ${shown} and (select count(*) from popular_cjk) < ${ENOUGH_POPULAR} and ${HAS_CJK} ${mostPopular(RANKED)})
  ),
  matching as (
    ${from('$1::text', HAS_WORDS, 'null::integer')}
    union all
    select ${FOUND}, $1::text, null from cjk join movie_titles t on t.movie_id = cjk.id join movies m on m.id = cjk.id
    ${named === undefined ? '' : `union all ${from('$3::text', released('$4'), '$4::integer')}`}
  ),
  scored as (
    select m.id, 1 + case when folded_text(m.query) in (m.title, m.original_title) then 0.5 else 0 end
      + case when extract(year from m.release_date) = m.year then 0.25 else 0 end
      + greatest(similarity(m.title, folded_text(m.query)), similarity(m.original_title, folded_text(m.query)))
      + log(1 + m.popularity) as score
    from matching m
    union all
    select m.id, case when m.again then log(1 + m.popularity) / 2 - 0.5 else 1.4 + log(1 + m.popularity) end from (
      ${misspelt('$1::text', 'true')} ${named === undefined ? '' : `union all ${misspelt('$3::text', released('$4'))}`}
    ) m
  ),
  by_word as materialized (select id, max(score) as score from scored group by id),
  popular_by_spelling as materialized (
    select m.id, 2 * alike.similarity - 1 + log(1 + m.popularity) / 2 as score
    from query
    cross join lateral similar_popular_movies(query.folded) alike
    join movies m on m.id = alike.movie_id
    where ${shown} and has_word(query.folded) and (select count(*) from (select from by_word limit ${ENOUGH}) first_few) < ${ENOUGH}
      and not exists (select from by_word where by_word.id = m.id)
  ),
  by_spelling as (
    select m.id, 2 * alike.similarity - 1 + log(1 + m.popularity) / 2 as score
    from query
    cross join lateral similar_movies(query.folded) alike
    join movies m on m.id = alike.movie_id
    where ${shown} and has_word(query.folded)
      and (select count(*) from by_word) = 0 and (select count(*) from popular_by_spelling) < ${ENOUGH}
      and not exists (select from popular_by_spelling popular where popular.id = m.id)
  ),
  candidate as (
    select * from by_word union all select * from popular_by_spelling union all select * from by_spelling
  )`;
}

type FoundRow = SelectedMovie & { readonly score: number };

export function postgresMovieSearch(db: Queryable): MovieSearch {
  return {
    async search(query, page, selection) {
      const named = titleAndYearOf(query.text);
      const values: unknown[] = [query.text, page.limit, ...(named === undefined ? [] : [named.title, named.year])];
      let beyond = 'true';
      if (page.cursor !== null) {
        const [score, id] = page.cursor.map((key) => `$${values.push(key)}`);
        beyond = `(score, id) ${page.backward ? '>' : '<'} (${score}::double precision, ${id}::text)`;
      }
      const towards = page.backward ? 'asc' : 'desc';
      const statement = `${candidates({ query, named })}
        select ${columnsOf(selection)}, found.score
        from (select * from candidate where ${beyond} order by score ${towards}, id ${towards} limit $2) found
        join movies m on m.id = found.id order by found.score ${towards}, m.id ${towards}`;
      const { rows } = await db.query<FoundRow>(planned(statement, values));
      return rows.map(({ score, ...movie }) => ({ movie, keys: [score, movie.id] }));
    },

    async count(query) {
      const named = titleAndYearOf(query.text);
      const values = [query.text, null, ...(named === undefined ? [] : [named.title, named.year])];
      const statement = `${candidates({ query, named })} select count(*) as count from candidate where $2::integer is null`;
      const { rows } = await db.query<{ count: number }>(planned(statement, values));
      return rows[0]?.count ?? 0;
    },
  };
}
