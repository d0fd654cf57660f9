/** Tag of every answer in which this movie stands. */
export const movieTag = (movieId: string) => `movie-${movieId}`;

/** Tag of every answer in which this person stands. */
export const personTag = (id: string) => `person-${id}`;

/** Tag of every list of persons. */
export const PERSONS_TAG = 'persons';
