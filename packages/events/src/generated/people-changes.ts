/* Generated from schemas/people-changes.v1.json by `npm run generate`; do not edit. */

/**
 * Cache tags of every response that the change may have made stale.
 */
export type CacheTags = string[];

/**
 * Changes of entities of the people subgraph.
 */
export interface PeopleChange {
  /**
   * Kind of the entity: a person, or the cast and crew of a movie, whose id is the movie's.
   */
  entity: 'Person' | 'MovieCredits';
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
   * Ids of the first 10 persons in the movie's billing after the change, in billing order, each once; absent in changes of persons and in older events.
   *
   * @maxItems 10
   *
   * Items: Opaque id of an entity, unique among the entities of its kind.
   */
  topBilled?: string[];
}
