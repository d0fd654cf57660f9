import type { MediaContent, MediaField } from '../domain/movie-media.ts';

/** Lists of a movie that a client writes. */
export interface WrittenMedia {
  readonly id: string;
  /** False for a movie that a client created. */
  readonly isObserved: boolean;
  readonly lists: Partial<MediaContent>;
}

/**
 * Stores the lists that clients write, within a transaction. The number of statements does not depend on the number of movies. TMDb's lists
 * are stored beside those with which clients replaced them, so an observation need not know of them.
 */
export interface MediaEdits {
  /** Replaces the lists, which override TMDb's from then on. */
  save(movies: readonly WrittenMedia[]): Promise<void>;
  /** Ends overrides, so that TMDb's lists are visible again, and returns the released fields. @param fields null: all */
  release(id: string, fields: readonly MediaField[] | null): Promise<readonly MediaField[]>;
  /** Removes everything that clients wrote. */
  remove(movies: readonly Omit<WrittenMedia, 'lists'>[]): Promise<void>;
}
