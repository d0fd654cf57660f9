/** Maximum length of a search text, in characters. */
export const MAX_QUERY_LENGTH = 200;

/** Returns the message for an invalid search query; undefined for a valid one. */
export function searchQueryFault(query: string): string | undefined {
  return wordsFault('query', query, 'title');
}

/** Returns the message for invalid words of a title or name in an argument; undefined for valid ones. */
export function wordsFault(argument: string, words: string, of: 'title' | 'name'): string | undefined {
  return words.trim() === ''
    ? `\`${argument}\` is blank: pass at least one word of the ${of}.`
    : textFault(argument, words);
}

/** Returns the message for text that cannot be searched for. */
function textFault(argument: string, text: string): string | undefined {
  if (text.length > MAX_QUERY_LENGTH) return `\`${argument}\` must have at most ${MAX_QUERY_LENGTH} characters.`;
  // Postgres cannot store U+0000 in text.
  if (text.includes('\0')) return `\`${argument}\` must not contain the character U+0000.`;
  return undefined;
}

/** A query with a year at its end: "RoboCop 1987", "RoboCop (1987)". */
export interface TitleAndYear {
  readonly title: string;
  readonly year: number;
}

/** Returns the title and the year of a query; undefined without a possible year of release at its end, or without a title. */
export function titleAndYearOf(query: string): TitleAndYear | undefined {
  const words = query.trim().split(/[\s,]+/);
  const year = /^[([]?((?:18[89]|19\d|20\d|21\d)\d)[)\]]?$/.exec((words.pop() ?? '').normalize('NFKC'))?.[1];
  return year === undefined || words.length === 0 ? undefined : { title: words.join(' '), year: Number(year) };
}
