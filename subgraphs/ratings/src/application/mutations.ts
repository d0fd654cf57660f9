import type { KeyReused, MutationCall, Outcome, Written } from '@marquee/subgraph/mutations/outcome';
import type { ReviewChange, ReviewRefusal, Viewer } from './change-reviews.ts';
import type { RatingRefusal, RatingSet } from './rate-movies.ts';

/** Executes the mutations of clients, each in one transaction. */
export interface Mutations {
  changeReviews(
    call: MutationCall,
    viewer: Viewer,
    changes: readonly ReviewChange[],
  ): Promise<Outcome<readonly Written[], ReviewRefusal | KeyReused>>;
  /** Shows a review again that a moderator has hidden. */
  releaseReview(
    call: MutationCall,
    review: { readonly id: string; readonly version: number },
  ): Promise<Outcome<Written, ReviewRefusal | KeyReused>>;
  /** Returns the ids of the movies. */
  rateMovies(
    call: MutationCall,
    ratings: readonly RatingSet[],
  ): Promise<Outcome<readonly string[], RatingRefusal | KeyReused>>;
}
