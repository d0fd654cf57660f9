/**
 * The words of a title that a parameter asks for, as a tsquery in SQL: all of them, the last as a prefix; null where the text has
 * none. Every function in it is immutable, so that a statement planned for its values knows how common the words are.
 */
export const titleWords = (parameter: string) =>
  `(nullif(plainto_tsquery('simple', fold(${parameter}::text))::text, '') || ':*')::tsquery`;
