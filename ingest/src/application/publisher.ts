import type { MoviePart, MoviePayloads } from '../domain/generated/movie-parts.ts';
import type { Omissions } from '../domain/omissions.ts';
import type { PersonDetails } from '../domain/person-details.ts';

/** The result of publishing content. */
export interface Publication {
  /** Hash of the content. */
  readonly hash: string;
  /** False when it is equal to the content that was published last. */
  readonly isPublished: boolean;
  /** List entries that exceeded the record size. */
  readonly omissions: Omissions;
}

/**
 * Publishes parts of movies, and persons. Every call resolves when its record is durable. Records of one movie and part, or of one person,
 * keep their order.
 */
export interface Publisher {
  /** @param previous hash of the content that was published last: equal content is not published again */
  publish<Part extends MoviePart>(
    part: Part,
    payload: MoviePayloads[Part],
    observedAt: Date,
    previous?: string,
  ): Promise<Publication>;
  /** Resolves to true when the log holds details of the movie, and to undefined when that is unknown. */
  isPublished(movieId: string): Promise<boolean | undefined>;
  /** Publishes a tombstone for a movie that TMDb does not have. */
  publishDeletion(part: MoviePart, movieId: string, observedAt: Date): Promise<void>;
  /** @param previous as for `publish` */
  publishPerson(details: PersonDetails, observedAt: Date, previous?: string): Promise<Publication>;
  /** Publishes a tombstone for a person whom TMDb does not have. */
  publishPersonDeletion(personId: string, observedAt: Date): Promise<void>;
}
