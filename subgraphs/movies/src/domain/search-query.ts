/** Longest query that is searched for, in characters. */
export const MAX_QUERY_LENGTH = 200;

/** Why a search query is refused, in words for the person who wrote it; undefined when it is fine. */
export function searchQueryFault(query: string): string | undefined {
  if (query.trim() === '') return '`query` is blank: pass at least one word of the title.';
  if (query.length > MAX_QUERY_LENGTH) return `\`query\` must have at most ${MAX_QUERY_LENGTH} characters.`;
  return undefined;
}
