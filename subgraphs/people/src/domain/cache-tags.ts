/** Cache tag of every response with this movie. */
export const movieTag = (movieId: string) => `movie-${movieId}`;

/** Cache tag of every response with this person. */
export const personTag = (id: string) => `person-${id}`;

/** Cache tag of every list of persons. */
export const PERSONS_TAG = 'persons';
