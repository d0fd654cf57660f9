/** Tag of every answer in which this movie stands. */
export const movieTag = (id: string) => `movie-${id}`;

/** Tag of every list of movies. */
export const MOVIES_TAG = 'movies';
