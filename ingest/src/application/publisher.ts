import type { MoviePart, MoviePayloads } from '../domain/generated/movie-parts.ts';
import type { Omissions } from '../domain/omissions.ts';
import type { PersonDetails } from '../domain/person-details.ts';

/**
 * Publishes parts of movies, and persons. Every call resolves when its record is durable, with the list entries that exceeded the record size.
 * Records of one movie and part, or of one person, keep their order.
 */
export interface Publisher {
  publish<Part extends MoviePart>(part: Part, payload: MoviePayloads[Part], observedAt: Date): Promise<Omissions>;
  /** Resolves to true when the log holds details of the movie, and to undefined when that is unknown. */
  isPublished(movieId: string): Promise<boolean | undefined>;
  /** Publishes a tombstone for a movie that TMDb does not have. */
  publishDeletion(part: MoviePart, movieId: string, observedAt: Date): Promise<void>;
  publishPerson(details: PersonDetails, observedAt: Date): Promise<Omissions>;
  /** Publishes a tombstone for a person whom TMDb does not have. */
  publishPersonDeletion(personId: string, observedAt: Date): Promise<void>;
}
