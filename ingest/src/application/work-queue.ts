import type { Entity, EntityKind, Lane } from '../domain/entity.ts';

/** The content of an entity that was published last, and TMDb's validators of its response. */
export interface PublishedContent {
  /** ETag of the response, when that covers all of the content. */
  readonly etag: string | null;
  /** Hash of the published content by part. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** The right to request an entity, which one replica has at a time. */
export interface Lease extends Entity, PublishedContent {
  readonly lane: Lane;
  /** The version of the observation: later than that of all previous leases of the entity. */
  readonly version: Date;
  /** Failures in a row. */
  readonly attempts: number;
  /** True when a previous request returned 404. */
  readonly wasAbsent: boolean;
}

/** The result of a lease. */
export type Settlement =
  /** TMDb has the entity, and its content is published. `recheckInSeconds`: its cache may be older than the change. */
  | {
      readonly outcome: 'refreshed';
      readonly content: PublishedContent;
      readonly maxAgeSeconds: number;
      readonly recheckInSeconds?: number | undefined;
    }
  /** TMDb returned 404, which a second request is to confirm. */
  | { readonly outcome: 'missing'; readonly confirmInSeconds: number }
  /** TMDb returned 404 again, and the deletion is published. */
  | { readonly outcome: 'absent' }
  /** Null: it is not retried. `content`: that of the parts which did not fail. */
  | {
      readonly outcome: 'failed';
      readonly code: string;
      readonly reason: string;
      readonly retryInSeconds: number | null;
      readonly content: PublishedContent;
    }
  /** The entity was not requested, or only in part. */
  | { readonly outcome: 'released' };

/** An entity of a list, with its popularity where the list has it. */
export interface Candidate {
  readonly id: number;
  readonly popularity: number;
}

/** The queue of entities, which all replicas share. */
export interface WorkQueue {
  /** Leases entities that are due, in the order of the lanes. Several kinds share the lane of new ones equally. */
  lease(limit: number, kinds: readonly EntityKind[], lanes: readonly Lane[]): Promise<readonly Lease[]>;
  /** Leases one entity in whatever state, adding it when it is unknown; undefined while another replica holds it. */
  leaseOne(entity: Entity): Promise<Lease | undefined>;
  /** Ends a lease. Resolves to false when the lease had ended before, and another replica may have the entity. */
  settle(lease: Lease, settlement: Settlement): Promise<boolean>;
  /** Returns the number of leased entities, of all replicas, and the seconds until the next of the others is due; null without one. */
  outstanding(
    kinds: readonly EntityKind[],
    lanes: readonly Lane[],
  ): Promise<{ readonly leased: number; readonly nextDueSeconds: number | null }>;
  /** Adds unknown entities as new ones. */
  enqueueNew(kind: EntityKind, candidates: readonly Candidate[]): Promise<void>;
}
