import type { MovieCreditsPayload } from '../domain/movie-credits.ts';
import type { MovieDetailsPayload } from '../domain/movie-details.ts';
import type { MovieRatingsPayload } from '../domain/movie-ratings.ts';
import type { Omissions } from '../domain/omissions.ts';

/** A part of what is told of a film; each has a topic of its own. */
export type FilmPart = 'details' | 'credits' | 'ratings';

/**
 * Publishes parts of films. Every call resolves when its record is durable, and records of one film and part keep their order. What
 * is more than a record can hold is left out.
 */
export interface Publisher {
  publishDetails(payload: MovieDetailsPayload, observedAt: Date): Promise<Omissions>;
  publishCredits(payload: MovieCreditsPayload, observedAt: Date): Promise<Omissions>;
  publishRatings(payload: MovieRatingsPayload, observedAt: Date): Promise<Omissions>;
  /** Resolves to true when the log holds details of the movie, and to undefined when it cannot tell. */
  isPublished(movieId: string): Promise<boolean | undefined>;
  /** Says that TMDb does not have the film any more. */
  publishDeletion(part: FilmPart, movieId: string, observedAt: Date): Promise<void>;
}
