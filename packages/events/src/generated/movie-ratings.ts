/* Generated from schemas/movie-ratings.v1.json by `npm run generate`; do not edit. */

/**
 * Votes and reviews of a movie, as TMDb returned them at ce_time.
 */
export interface MovieRatings {
  /**
   * The movie's opaque id: its TMDb number as text, or a UUID for a movie that a client created. Equals the record's key and ce_subject.
   */
  movieId: string;
  /**
   * Mean of the votes, 0 to 10; null without votes.
   */
  voteAverage: number | null;
  /**
   * Number of votes.
   */
  voteCount: number;
  /**
   * Every review of the movie.
   */
  reviews: Review[];
}
/**
 * A review written by a user of TMDb.
 */
export interface Review {
  /**
   * TMDb's id of the review.
   */
  id: string;
  /**
   * Name with which the review is signed.
   */
  author: string;
  /**
   * The author's display name.
   */
  authorName: string | null;
  /**
   * The author's user name.
   */
  authorUsername: string | null;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  authorAvatarPath: string | null;
  /**
   * The author's own rating of the movie, 0 to 10.
   */
  rating: number | null;
  /**
   * Text of the review.
   */
  content: string;
  /**
   * Address of the review at TMDb.
   */
  url: string | null;
  /**
   * Time at which the review was written.
   */
  createdAt: string;
  /**
   * Time of the last change of the review.
   */
  updatedAt: string | null;
}
