import type { ObservedMovie } from '../domain/movie.ts';

/**
 * Where films are kept up to date, a batch at a time: the number of statements does not depend on the number of films.
 * Each film appears once in a batch.
 */
export interface MovieCatalogue {
  /** Each film is afterwards as observed. What films share (genres, companies …) follows the newest observation. */
  save(movies: readonly ObservedMovie[]): Promise<void>;
  /** The films are gone afterwards, whether or not they were there. Returns those that were. */
  remove(ids: readonly string[]): Promise<readonly string[]>;
}
