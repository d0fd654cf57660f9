/** Tag of every answer in which this film stands. */
export const movieTag = (id: string) => `movie-${id}`;

/** Tag of every list of films. */
export const MOVIES_TAG = 'movies';
