/** Longest text that is searched for, in characters. */
export const MAX_QUERY_LENGTH = 200;

/** Why a search query is refused, in words for the person who wrote it; undefined when it is fine. */
export function searchQueryFault(query: string): string | undefined {
  return titleWordsFault('query', query);
}

/** Why words of a title are refused, in words for the person who wrote them into this argument; undefined when they are fine. */
export function titleWordsFault(argument: string, words: string): string | undefined {
  return words.trim() === ''
    ? `\`${argument}\` is blank: pass at least one word of the title.`
    : textFault(argument, words);
}

/** Why text cannot be looked for at all. */
export function textFault(argument: string, text: string): string | undefined {
  if (text.length > MAX_QUERY_LENGTH) return `\`${argument}\` must have at most ${MAX_QUERY_LENGTH} characters.`;
  // Postgres has no U+0000 in text.
  if (text.includes('\0')) return `\`${argument}\` must not contain the character U+0000.`;
  return undefined;
}
