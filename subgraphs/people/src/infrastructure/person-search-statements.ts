import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import { PERSON_COLUMNS } from './person-columns.ts';

/** Most persons with all the words that are listed, the most popular ones: a word may be in every hundredth name. */
const RANKED = 300;

/** Everybody is looked through for words that fewer popular persons than this have: other words take long to, and a page is full. */
const ENOUGH_POPULAR = 100;

/** Popular persons with similar names are looked for when fewer persons than this have all the words. */
const ENOUGH = 20;

const WORDS = `to_tsvector('simple', p.search_text)`;
const POPULARITY = `coalesce(p.popularity, 0)`;
const POPULAR = `${POPULARITY} >= 1`;
const COLUMNS = `p.id, p.search_text, ${POPULARITY} as rank`;
const NAMES = 'person_names n join persons p on p.id = n.person_id';
const MOST_POPULAR = `order by ${POPULARITY} desc, p.id desc limit ${RANKED}`;

/** Text as `search_text` has it, in which scripts without blanks and similar names are looked for. */
const foldedAsNames = (text: string) => `fold(normalize(${text}, nfkc))`;

/**
 * A text as names are searched by it: folded, its words as whole ones; its characters and pairs of them in Han, kana
 * and Hangul, null without any, which an index answers with nobody; and the words beside those.
 */
export const queryOf = (text: string) => `
  select folded_text(${text}) as folded, ${foldedAsNames(text)} as alike,
    words_query(${text}, true) as words, nullif(cjk_grams(${foldedAsNames(text)}), '{}') as grams,
    plainto_tsquery('simple', without_cjk(${foldedAsNames(text)})) as others`;

/** All whole words of `q` are in the name; Han, kana and Hangul wherever they stand in it. */
export const FITS_CJK = `cjk_grams(p.search_text) @> q.grams and (numnode(q.others) = 0 or ${WORDS} @@ q.others)`;

/**
 * Persons who match the text $1, the same ones whatever the page. Every word of the text is a word of the name, and the last one may
 * go on: persons of popularity 1 or more, a few in a hundred, have indexes of their own, so that the most popular of a common word
 * are found without reading everybody who has it. Without any blank between its words, CJK text is looked for as a part of the name.
 * A popular person's name may be the text but for one letter that is missing, added, another or swapped. When few persons fit, the text may also resemble a popular person's name (`%`) or a part of it (`%>>`) by their trigrams; when that
 * finds nobody either, a part of anybody's: that is all that stays affordable among millions of names.
 * Text without a word is compared as a whole alone. Match: the whole name 3, all words 2, the name but for one letter 1.5, else how alike they are, 0 to 1.
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
