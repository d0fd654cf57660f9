import type { MovieCreditsPayload } from '../domain/movie-credits.ts';
import type { MovieDetailsPayload } from '../domain/movie-details.ts';
import type { MovieRatingsPayload } from '../domain/movie-ratings.ts';

/** What a film is told in; each part has a topic of its own. */
export type FilmPart = 'details' | 'credits' | 'ratings';

/** Where the parts of films go. Every call resolves when its record is durable, and records of one film and part keep their order. */
export interface Publisher {
  publishDetails(payload: MovieDetailsPayload, observedAt: Date): Promise<void>;
  publishCredits(payload: MovieCreditsPayload, observedAt: Date): Promise<void>;
  publishRatings(payload: MovieRatingsPayload, observedAt: Date): Promise<void>;
  /** Says that TMDb does not have the film any more. */
  publishDeletion(part: FilmPart, movieId: string, observedAt: Date): Promise<void>;
}
