import { moviePart } from './movie-part.ts';
import type { TmdbMovie, TmdbReview } from './tmdb.ts';

/**
 * Converts TMDb's votes and reviews to an event's payload. Without votes the average is null, although TMDb has 0. A review on two
 * pages, because another was added between the requests, occurs once.
 */
export function toMovieRatings(movie: TmdbMovie, reviews: readonly TmdbReview[]) {
  const voteCount = movie.vote_count ?? 0;
  const byId = new Map(reviews.map((review) => [review.id, review]));
  return {
    movieId: String(movie.id),
    voteAverage: voteCount === 0 ? null : movie.vote_average,
    voteCount,
    reviews: [...byId.values()].map(toReview),
  };
}

export const ratingsPart = moviePart(['details', 'reviews'], ({ details, reviews }) =>
  toMovieRatings(details, reviews),
);

/** Signature of a review without an author. */
const ANONYMOUS = 'Anonymous';

function toReview(review: TmdbReview) {
  const details = review.author_details;
  return {
    id: review.id,
    author: review.author ?? details?.username ?? details?.name ?? ANONYMOUS,
    authorName: details?.name ?? null,
    authorUsername: details?.username ?? null,
    authorAvatarPath: details?.avatar_path ?? null,
    rating: details?.rating ?? null,
    content: review.content,
    url: review.url,
    createdAt: review.created_at,
    updatedAt: review.updated_at,
  };
}
