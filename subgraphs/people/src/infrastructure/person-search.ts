import type { KeysetPage } from '../application/keyset-page.ts';
import { PERSON_COLUMNS } from './person-columns.ts';

/** Of the persons who have all the words, so many of the most popular are listed: a word may be in every hundredth name. */
const RANKED = 300;

/** Everybody is looked through for words that fewer popular persons than this have: other words take long to, and a page is full. */
const ENOUGH_POPULAR = 100;

/** Popular persons with similar names are looked for when fewer persons than this have all the words. */
const ENOUGH = 20;

const WORDS = `to_tsvector('simple', p.search_text)`;
const POPULARITY = `coalesce(p.popularity, 0)`;
const POPULAR = `${POPULARITY} >= 1`;
const COLUMNS = `p.id, p.sort_name, p.search_text, ${POPULARITY} as rank`;
const MOST_POPULAR = `order by ${POPULARITY} desc, p.id desc limit ${RANKED}`;

/**
 * A text as names are searched by it: its words; its characters and pairs of them in Han, kana and Hangul, null without any, which an
 * index answers with nobody; and the words beside those.
 */
export const queryOf = (text: string) => `
  select fold(${text}) as folded, plainto_tsquery('simple', fold(${text})) as words,
    nullif(cjk_grams(fold(${text})), '{}') as grams, plainto_tsquery('simple', without_cjk(fold(${text}))) as others`;

/** All whole words of `q` are in the name; Han, kana and Hangul wherever they stand in it. */
export const FITS_CJK = `cjk_grams(p.search_text) @> q.grams and (numnode(q.others) = 0 or ${WORDS} @@ q.others)`;

/**
 * Persons who match the text $1, the same ones whatever the page. Every word of the text is a word of the name, and the last one may
 * go on: persons of popularity 1 or more, a few in a hundred, have indexes of their own, so that the most popular of a common word
 * are found without reading everybody who has it. Without any blank between its words, CJK text is looked for as a part of the name.
 * When few persons fit, the text may also resemble a popular person's name (`%`) or a part of it (`%>>`) by their trigrams; when that
 * finds nobody either, a part of anybody's: that is all that stays affordable among millions of names.
 * Match: the whole name 3, all words 2, else how alike they are, 0 to 1.
 */
const matches = (includeAdult: boolean) => {
  const listed = includeAdult ? 'true' : 'not p.adult';
  return `
  with q as materialized (
    select q.*, (nullif(q.words::text, '') || ':*')::tsquery as prefix, public.show_trgm(q.folded) <> '{}' as has_trigrams
    from (${queryOf('$1')}) q
  ),
  popular as materialized (
    select ${COLUMNS} from q join persons p on ${WORDS} @@ q.prefix where ${listed} and ${POPULAR} ${MOST_POPULAR}
  ),
  others as materialized (
    select ${COLUMNS} from q join persons p on ${WORDS} @@ q.prefix
    where ${listed} and not ${POPULAR} and (select count(*) from popular) < ${ENOUGH_POPULAR} ${MOST_POPULAR}
  ),
  fitting as materialized (
    select * from popular
    union select * from others
    union (select ${COLUMNS} from q join persons p on ${FITS_CJK} where ${listed} ${MOST_POPULAR})
    union (select ${COLUMNS} from q join persons p on p.sort_name = q.folded collate "C" where ${listed} and q.folded <> '' ${MOST_POPULAR})
  ),
  alike_popular as materialized (
    select ${COLUMNS} from q
    join persons p on p.search_text operator(public.%>>) q.folded or p.search_text operator(public.%) q.folded
    where q.has_trigrams and ${listed} and ${POPULAR} and (select count(*) from fitting) < ${ENOUGH} and not exists (select from fitting f where f.id = p.id)
  ),
  alike_others as (
    select ${COLUMNS} from q join persons p on p.search_text operator(public.%>>) q.folded
    where q.has_trigrams and ${listed} and not ${POPULAR} and (select count(*) from fitting) = 0 and (select count(*) from alike_popular) = 0
  ),
  matching as (
    select f.id, f.rank, case when f.sort_name = q.folded then 3 else 2 end::double precision as match
    from q cross join fitting f
    union all
    select a.id, a.rank, greatest(
      public.strict_word_similarity(q.folded, a.search_text), public.similarity(q.folded, a.search_text)
    )::double precision
    from q cross join (select * from alike_popular union all select * from alike_others) a
  )`;
};

/** How many persons match the text $1. */
export function countStatement(includeAdult: boolean): { name: string; text: string } {
  return {
    name: `count_matching_persons${includeAdult ? '_adult' : ''}`,
    text: `${matches(includeAdult)} select count(*) as count from matching`,
  };
}

/** A page of the persons who match the text $1: $2 rows beyond the sort keys $3 to $5. */
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
