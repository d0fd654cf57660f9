import type { NamesInMedia, ObservedMedia } from '../domain/movie-media.ts';
import type { WrittenMovie } from './movie-catalogue.ts';

/**
 * Writes TMDb's media of movies within a transaction, in batches: the number of statements does not depend on the number of movies. A movie
 * may occur once, and need not exist.
 */
export interface MediaCatalogue {
  /**
   * Locks the movies until the transaction ends. Call it before other calls.
   *
   * @param observed movies that may come to exist: a transaction that creates one waits, too
   */
  lock(observed: readonly string[], deleted: readonly string[]): Promise<void>;
  /** Replaces TMDb's lists, and returns the movies of which a visible list changed. */
  replace(media: readonly ObservedMedia[]): Promise<readonly string[]>;
  /** Saves the names from the newest observation. Call it last: all transactions write them. */
  saveNames(names: readonly NamesInMedia[]): Promise<void>;
  /** Sets the time of the last change of the movies that exist, and returns them. */
  touch(ids: readonly string[]): Promise<readonly WrittenMovie[]>;
}
