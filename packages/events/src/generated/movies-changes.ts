/* Generated from schemas/movies-changes.v1.json by `npm run generate`; do not edit. */

/**
 * Cache tags of every answer that the change may have made stale.
 */
export type CacheTags = string[];

/**
 * What changed in the movies subgraph.
 */
export interface MoviesChange {
  /**
   * What changed: a film (its id is the film's), or what movies keeps of a film's votes to sort and filter by (its id is the film's too).
   */
  entity: 'Movie' | 'MovieVotes';
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
  film?: Film;
}
/**
 * What others need to know of the film after the change; absent in changes of votes, and in those that were told before there was such a thing.
 */
export interface Film {
  /**
   * Day of the first release, RFC 3339; null when unknown.
   */
  releaseDate: string | null;
  /**
   * True when it is pornographic; absent means false.
   */
  adult?: boolean;
}
