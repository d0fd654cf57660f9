/* Generated from schemas/ratings-changes.v1.json by `npm run generate`; do not edit. */

/**
 * Cache tags of every answer that the change may have made stale.
 */
export type CacheTags = string[];

/**
 * What changed in the ratings subgraph.
 */
export interface RatingsChange {
  /**
   * What changed: the votes of a film (its id is the film's), or a review.
   */
  entity: 'Rating' | 'Review';
  /**
   * Id of an entity, opaque; unique among the entities of its kind.
   */
  id: string;
  /**
   * Grows by one with each change of the entity, and goes on from where it was when a deleted entity is created again: of two changes, the one with the greater version is the later one.
   */
  version: number;
  /**
   * What happened to the entity; a deletion comes without a value.
   */
  change: 'created' | 'updated';
  tags: CacheTags;
  /**
   * The film's votes after the change; null for a review.
   */
  votes: Votes | null;
}
/**
 * Votes of a film, and what they are worth beside those of others.
 */
export interface Votes {
  /**
   * Mean of the votes, 0 to 10; null when nobody voted.
   */
  voteAverage: number | null;
  /**
   * Number of votes.
   */
  voteCount: number;
  /**
   * The mean drawn towards that of all films, the more so the fewer the votes; null when nobody voted.
   */
  weightedScore: number | null;
}
