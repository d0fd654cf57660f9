const MOVIE = 'movie-';

/** Returns the cache tag of every response with this movie. */
export function movieTag(movieId: string): string {
  return `${MOVIE}${movieId}`;
}

/** Returns the ids of the movies whose tags are among these. */
export function taggedMovies(tags: readonly string[]): readonly string[] {
  return tags.filter((tag) => tag.startsWith(MOVIE)).map((tag) => tag.slice(MOVIE.length));
}
