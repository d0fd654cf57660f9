import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import { PERSON_COLUMNS } from './person-columns.ts';

/** Maximum number of persons with all words, the most popular ones: a word may be in every hundredth name. */
const RANKED = 300;

/** Number of popular matches below which all persons are searched: more frequent words take long, and fill a page. */
const ENOUGH_POPULAR = 100;

/** Number of persons with all words below which popular persons with similar names are searched. */
const ENOUGH = 20;

const WORDS = `to_tsvector('simple', p.search_text)`;
const POPULARITY = `coalesce(p.popularity, 0)`;
const POPULAR = `${POPULARITY} >= 1`;
const COLUMNS = `p.id, p.search_text, ${POPULARITY} as rank`;
const NAMES = 'person_names n join persons p on p.id = n.person_id';
const MOST_POPULAR = `order by ${POPULARITY} desc, p.id desc limit ${RANKED}`;

/** Folds text like the column `search_text`, for scripts without spaces and similar names. */
const foldedAsNames = (text: string) => `fold(normalize(${text}, nfkc))`;

/**
 * Returns SQL for the parts of a search text: folded; its whole words; its characters and pairs of them in Han, kana and Hangul, null
 * without any, which matches nobody by the index; and its other words.
 */
export const queryOf = (text: string) => `
  select folded_text(${text}) as folded, ${foldedAsNames(text)} as alike,
    words_query(${text}, true) as words, nullif(cjk_grams(${foldedAsNames(text)}), '{}') as grams,
    plainto_tsquery('simple', without_cjk(${foldedAsNames(text)})) as others`;

/** SQL condition that all whole words of `q` are in the name, and its Han, kana and Hangul anywhere in it. */
export const FITS_CJK = `cjk_grams(p.search_text) @> q.grams and (numnode(q.others) = 0 or ${WORDS} @@ q.others)`;

/**
 * Returns SQL for the persons who match the text $1, the same for every page.
 * - Every word of the text is a word of the name, the last one as a prefix. Persons of popularity 1 or more, a few percent, have indexes of
 *   their own, so that the most popular of a common word are found without reading all. CJK text without spaces matches a part of the name.
 * - A popular person's name differs from the text in one letter: missing, added, replaced or swapped.
 * - When few persons match, the text resembles a popular person's name (`%`) or a part of it (`%>>`) by trigrams; without any match, a part
 *   of any person's. More would be too slow for millions of names.
 * - Text without a word is compared as a whole.
 * Match: the whole name 3, all words 2, one letter differs 1.5, otherwise the similarity, 0 to 1.
 */
const matches = (includeAdult: boolean) => {
  const listed = includeAdult ? 'true' : 'not p.adult';
  return `
  with q as materialized (
    select q.*, words_query($1) as prefix, spellings_of(q.folded) as spellings,
      public.show_trgm(q.alike) <> '{}' as has_trigrams
    from (${queryOf('$1')}) q
  ),
  popular as materialized (
    select ${COLUMNS} from q join ${NAMES} on n.words @@ q.prefix where ${listed} and n.popular ${MOST_POPULAR}
  ),
  others as materialized (
    select ${COLUMNS} from q join ${NAMES} on n.words @@ q.prefix
    where ${listed} and not n.popular and (select count(*) from popular) < ${ENOUGH_POPULAR} ${MOST_POPULAR}
  ),
  fitting as materialized (
    select * from popular
    union select * from others
    union (select ${COLUMNS} from q join persons p on ${FITS_CJK} where ${listed} ${MOST_POPULAR})
    union (select ${COLUMNS} from q join ${NAMES} on n.name = q.folded where ${listed} and q.folded <> '' ${MOST_POPULAR})
  ),
  misspelt as materialized (
    select ${COLUMNS} from q join ${NAMES} on spellings_of(n.name) && q.spellings
    where ${listed} and n.popular and not exists (select from fitting f where f.id = p.id) ${MOST_POPULAR}
  ),
  alike_popular as materialized (
    select ${COLUMNS} from q
    join persons p on p.search_text operator(public.%>>) q.alike or p.search_text operator(public.%) q.alike
    where ${listed} and q.has_trigrams and ${POPULAR} and (select count(*) from fitting) < ${ENOUGH}
      and not exists (select from fitting f where f.id = p.id) and not exists (select from misspelt m where m.id = p.id)
  ),
  alike_others as (
    select ${COLUMNS} from q join persons p on p.search_text operator(public.%>>) q.alike
    where ${listed} and q.has_trigrams and not ${POPULAR} and (select count(*) from fitting) = 0
      and (select count(*) from misspelt) = 0 and (select count(*) from alike_popular) = 0
  ),
  matching as (
    select f.id, f.rank, case when n.name = q.folded then 3 else 2 end::double precision as match
    from q cross join fitting f join person_names n on n.person_id = f.id
    union all
    select m.id, m.rank, 1.5::double precision from misspelt m
    union all
    select a.id, a.rank, greatest(
      public.strict_word_similarity(q.alike, a.search_text), public.similarity(q.alike, a.search_text)
    )::double precision
    from q cross join (select * from alike_popular union all select * from alike_others) a
  )`;
};

/** Returns the statement that counts the persons who match the text $1. */
export function countStatement(includeAdult: boolean): { name: string; text: string } {
  return {
    name: `count_matching_persons${includeAdult ? '_adult' : ''}`,
    text: `${matches(includeAdult)} select count(*) as count from matching`,
  };
}

/** Returns the statement that reads a page of the persons who match the text $1: $2 rows after the sort keys $3 to $5. */
export function searchStatement(includeAdult: boolean, page: KeysetPage): { name: string; text: string } {
  const order = page.backward ? 'asc' : 'desc';
  const beyond =
    page.cursor === null
      ? ''
      : `where (m.match, m.rank, m.id) ${page.backward ? '>' : '<'} ($3::double precision, $4::double precision, $5::text)`;
  return {
    name: `search_persons${includeAdult ? '_adult' : ''}_${order}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      ${matches(includeAdult)}
      select ${PERSON_COLUMNS}, json_build_array(m.match, m.rank, m.id) as "sortKeys"
      from (
        select * from matching m ${beyond}
        order by m.match ${order}, m.rank ${order}, m.id ${order}
        limit $2
      ) m
      join persons p on p.id = m.id
      order by m.match ${order}, m.rank ${order}, m.id ${order}`,
  };
}
