import type { MovieSelection, SelectedMovie } from './movie-selection.ts';

/** A movie, and its similarity to another; the schema has the formula of the score. */
export interface SimilarMovie {
  readonly node: SelectedMovie;
  readonly score: number;
}

/** Finds movies that are like others. */
export interface SimilarMovies {
  /** By movie, at most `limit` for each, the most similar first; one statement, whatever the number of movies. */
  similarTo(
    movieIds: readonly string[],
    options: { readonly limit: number; readonly includeAdult: boolean; readonly selection: MovieSelection },
  ): Promise<ReadonlyMap<string, readonly SimilarMovie[]>>;
}
