/** The persons billed first in a movie, each once; none when it has no cast. */
export interface TopBilled {
  readonly movieId: string;
  readonly personIds: readonly string[];
}

/** Stores the persons billed first in movies. */
export interface TopBilledStore {
  /** Replaces the movies' persons. Two statements for any number of movies. */
  save(movies: readonly TopBilled[]): Promise<void>;
}
