import type { EntityKind, EntityState, Lane } from '../domain/entity.ts';

/** State of the queue, of the allowance and of the replicas. */
export interface QueueStatus {
  readonly entities: readonly {
    readonly kind: EntityKind;
    readonly state: EntityState;
    readonly lane: Lane;
    readonly count: number;
  }[];
  /** Time of the oldest refresh by kind; null before the first. */
  readonly oldestRefresh: Readonly<Record<EntityKind, Date | null>>;
  /** Seconds for which the entity that waits longest has been due, other than new ones. */
  readonly behindSeconds: number;
  readonly rate: {
    /** Requests per second that TMDb accepts for now, and that are configured. */
    readonly perSecond: number;
    readonly most: number;
    /** Requests that were refused with 429, and seconds of the pauses after them. */
    readonly refused: number;
    readonly throttledSeconds: number;
  };
  readonly replicas: readonly { readonly name: string; readonly command: string; readonly startedAt: Date }[];
  readonly failures: readonly {
    readonly kind: EntityKind;
    readonly code: string;
    readonly state: EntityState;
    readonly count: number;
    readonly examples: readonly {
      readonly id: number;
      readonly reason: string;
      readonly attempts: number;
      readonly nextTry: Date | null;
    }[];
  }[];
  /** Entities that TMDb never had. */
  readonly unknown: { readonly count: number; readonly first: readonly string[] };
  readonly cursors: Readonly<Record<string, Date>>;
}
