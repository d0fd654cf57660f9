import type { MoviePart, MoviePayloads } from '../domain/movie-parts.ts';
import type { Omissions } from '../domain/omissions.ts';

/**
 * Publishes parts of films. Every call resolves when its record is durable, and records of one film and part keep their order. What
 * is more than a record can hold is left out.
 */
export interface Publisher {
  publish<Part extends MoviePart>(part: Part, payload: MoviePayloads[Part], observedAt: Date): Promise<Omissions>;
  /** Resolves to true when the log holds details of the movie, and to undefined when it cannot tell. */
  isPublished(movieId: string): Promise<boolean | undefined>;
  /** Says that TMDb does not have the film any more. */
  publishDeletion(part: MoviePart, movieId: string, observedAt: Date): Promise<void>;
}
