/* Generated from schemas/movies-changes.v1.json by `npm run generate`; do not edit. */

/**
 * Cache tags of every response that the change may have made stale.
 */
export type CacheTags = string[];

/**
 * Changes of entities of the movies subgraph.
 */
export interface MoviesChange {
  /**
   * Kind of the entity: a movie, or the votes that movies stores of a movie to sort and filter by. The id of both is the movie's.
   */
  entity: 'Movie' | 'MovieVotes';
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
  film?: Film;
}
/**
 * Facts of the movie after the change; absent in changes of votes and in older events.
 */
export interface Film {
  /**
   * Day of the first release, RFC 3339; null when unknown.
   */
  releaseDate: string | null;
  /**
   * True for a pornographic movie; absent means false.
   */
  adult?: boolean;
}
