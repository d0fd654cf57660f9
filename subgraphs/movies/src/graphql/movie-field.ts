import type { MovieField } from '../domain/movie-content.ts';

/** `originalTitle` is `ORIGINAL_TITLE` in the schema's enum. */
export function enumValueOf(field: MovieField): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The field that a value of the schema's enum stands for. */
export function movieFieldOf(value: string): MovieField {
  return value.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as MovieField;
}
