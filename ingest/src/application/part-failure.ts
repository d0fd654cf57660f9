import type { MoviePart } from '../domain/generated/movie-parts.ts';
import { codeOf, reasonOf } from './failure.ts';

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
  return { id, part, code: codeOf(error), reason: reasonOf(error) };
}
