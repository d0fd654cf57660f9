/** Longest text that is searched for, in characters. */
export const MAX_QUERY_LENGTH = 200;

/** Why a search query is refused, in words for the person who wrote it; undefined when it is fine. */
export function searchQueryFault(query: string): string | undefined {
  return wordsFault('query', query, 'title');
}

/** Why words of a title or name are refused, in words for the person who wrote them into this argument; undefined when they are fine. */
export function wordsFault(argument: string, words: string, of: 'title' | 'name'): string | undefined {
  return words.trim() === ''
    ? `\`${argument}\` is blank: pass at least one word of the ${of}.`
    : textFault(argument, words);
}

/** Why text cannot be looked for at all. */
function textFault(argument: string, text: string): string | undefined {
  if (text.length > MAX_QUERY_LENGTH) return `\`${argument}\` must have at most ${MAX_QUERY_LENGTH} characters.`;
  // Postgres has no U+0000 in text.
  if (text.includes('\0')) return `\`${argument}\` must not contain the character U+0000.`;
  return undefined;
}

/** A query that ends with a year, as lists of movies print it: "RoboCop 1987", "RoboCop (1987)". */
export interface TitleAndYear {
  readonly title: string;
  readonly year: number;
}

/** The title and the year of a query; undefined when it does not end with a year that a movie can be of, or has nothing else. */
export function titleAndYearOf(query: string): TitleAndYear | undefined {
  const words = query.trim().split(/[\s,]+/);
  const year = /^[([]?((?:18[89]|19\d|20\d|21\d)\d)[)\]]?$/.exec((words.pop() ?? '').normalize('NFKC'))?.[1];
  return year === undefined || words.length === 0 ? undefined : { title: words.join(' '), year: Number(year) };
}
