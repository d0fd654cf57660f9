/** Cache tag of every response with this movie. */
export const movieTag = (id: string) => `movie-${id}`;

/** Cache tag of every list of movies. */
export const MOVIES_TAG = 'movies';
