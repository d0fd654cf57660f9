/** Cache tag of every response with this movie. */
export const movieTag = (movieId: string) => `movie-${movieId}`;

/** Cache tag of every response with this review. */
export const reviewTag = (id: string) => `review-${id}`;

/** Cache tag of every list of movies by votes. */
export const RATINGS_TAG = 'ratings';
