/** A kind of entity that TMDb numbers. */
export type EntityKind = 'movie' | 'person';

/** A movie or person of TMDb. */
export interface Entity {
  readonly kind: EntityKind;
  /** TMDb's number. */
  readonly id: number;
}

/**
 * Lanes of the queue in the order in which they are leased: confirmations of deletes, changes, changes whose response was equal, retries,
 * entities that were never requested (the most popular first), and refreshes (the oldest first).
 */
export const LANES = ['confirm', 'change', 'recheck', 'retry', 'new', 'refresh'] as const;

export type Lane = (typeof LANES)[number];

/** States of an entity in the queue. */
export const STATES = ['queued', 'leased', 'fresh', 'failed', 'absent'] as const;

export type EntityState = (typeof STATES)[number];
