import type { TmdbMovie, TmdbReview } from './tmdb.ts';

/**
 * Votes and reviews as an event's payload. Without a vote there is no average, although TMDb writes 0. A review that stands on two
 * pages, because one was added between the requests, is taken once.
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

/** Signs a review whose author TMDb does not tell. */
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
