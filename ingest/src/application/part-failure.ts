import type { MoviePart } from '../domain/generated/movie-parts.ts';

/** A part of a movie, a person, or a page of a list, that could not be ingested. */
export interface PartFailure {
  /** TMDb number of the movie or person; null for a page of a list. */
  readonly id: number | null;
  readonly part: MoviePart | 'person' | 'list';
  /** Stable code for programs, such as `TMDB_MALFORMED`. */
  readonly code: string;
  /** Message for people, with request and cause. */
  readonly reason: string;
}

/** Converts an error to the failure of a part. */
export function toPartFailure(id: number | null, part: PartFailure['part'], error: unknown): PartFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
  return { id, part, code, reason: error instanceof Error ? error.message : String(error) };
}
