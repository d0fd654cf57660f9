/* Generated from schemas/people-changes.v1.json by `npm run generate`; do not edit. */

/**
 * Cache tags of every answer that the change may have made stale.
 */
export type CacheTags = string[];

/**
 * What changed in the people subgraph.
 */
export interface PeopleChange {
  /**
   * What changed: a person, or the cast and crew of a film (its id is the film's).
   */
  entity: 'Person' | 'MovieCredits';
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
   * Ids of the persons billed first in the film after the change, at most ten, in billing order, each once; absent in changes of persons, and in those that were told before there was such a thing.
   *
   * @maxItems 10
   *
   * Items: Id of an entity, opaque; unique among the entities of its kind.
   */
  topBilled?: string[];
}
