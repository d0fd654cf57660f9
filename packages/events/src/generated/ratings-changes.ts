/* Generated from schemas/ratings-changes.v1.json by `npm run generate`; do not edit. */

/**
 * Cache tags of every response that the change may have made stale.
 */
export type CacheTags = string[];

/**
 * Changes of entities of the ratings subgraph.
 */
export interface RatingsChange {
  /**
   * Kind of the entity: the votes of a movie, whose id is the movie's, or a review.
   */
  entity: 'Rating' | 'Review';
  /**
   * Opaque id of an entity, unique among the entities of its kind.
   */
  id: string;
  /**
   * Increases by one with each change of the entity, also when a deleted entity is created again. Of two changes, the one with the greater version is the later one.
   */
  version: number;
  /**
   * Kind of the change; a deletion has no value.
   */
  change: 'created' | 'updated';
  tags: CacheTags;
  /**
   * The movie's votes after the change; null for a review.
   */
  votes: Votes | null;
}
/**
 * Votes of a movie, and their weighted mean.
 */
export interface Votes {
  /**
   * Mean of the votes, 0 to 10; null without votes.
   */
  voteAverage: number | null;
  /**
   * Number of votes.
   */
  voteCount: number;
  /**
   * Mean weighted with that of all movies, the more so the fewer the votes; null without votes.
   */
  weightedScore: number | null;
}
