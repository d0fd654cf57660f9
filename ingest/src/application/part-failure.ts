import type { MoviePart } from '../domain/movie-parts.ts';

/** A part of the work that could not be done. */
export interface PartFailure {
  /** The film's TMDb number; null for a page of a list. */
  readonly id: number | null;
  readonly part: MoviePart | 'list';
  /** Stable and for machines, for example `TMDB_MALFORMED`. */
  readonly code: string;
  /** For people: what happened, and where. */
  readonly reason: string;
}

/** The failure that an error means for one part of the work. */
export function toPartFailure(id: number | null, part: PartFailure['part'], error: unknown): PartFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
  return { id, part, code, reason: error instanceof Error ? error.message : String(error) };
}
