import type { MovieSelection, SelectedMovie } from './movie-selection.ts';

/** A movie, and its similarity to another; the schema has the formula of the score. */
export interface SimilarMovie {
  readonly node: SelectedMovie;
  readonly score: number;
}

/** Finds similar movies. */
export interface SimilarMovies {
  /** Returns similar movies by movie, at most `limit` for each, the most similar first. One statement for all movies. */
  similarTo(
    movieIds: readonly string[],
    options: { readonly limit: number; readonly includeAdult: boolean; readonly selection: MovieSelection },
  ): Promise<ReadonlyMap<string, readonly SimilarMovie[]>>;
}
