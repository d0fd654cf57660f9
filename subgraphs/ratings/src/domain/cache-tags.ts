/** Tag of every answer in which this movie stands. */
export const movieTag = (movieId: string) => `movie-${movieId}`;

/** Tag of every answer in which this review stands. */
export const reviewTag = (id: string) => `review-${id}`;

/** Tag of every list of movies by their votes. */
export const RATINGS_TAG = 'ratings';
