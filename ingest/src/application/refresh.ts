import { NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { settleFailure } from './failure.ts';
import type { Publisher } from './publisher.ts';
import type { TmdbApi } from './tmdb-api.ts';
import type { Candidate, Lease, PublishedContent, Settlement } from './work-queue.ts';

/** Dependencies and settings of refreshes. */
export interface RefreshTools {
  readonly tmdb: TmdbApi;
  readonly publisher: Publisher;
  /** Publishes unchanged content too. */
  readonly force: boolean;
  /** Seconds between the two 404s that delete an entity. */
  readonly confirmAfterSeconds: number;
  /** Queues the persons in a movie's credits that are not known yet. */
  readonly onPersons: (persons: readonly Candidate[]) => Promise<void>;
  /** Returns a number from 0 up to 1. */
  readonly random: () => number;
}

/** The result of a leased entity. */
export interface Refreshed {
  readonly settlement: Settlement;
  readonly result: 'published' | 'unchanged' | 'missing' | 'deleted' | 'failed' | 'released';
  /** Causes of a failure. */
  readonly errors: readonly unknown[];
  /** Unusable parts of TMDb's responses. */
  readonly omissions: Omissions;
}

/** The result of a 404 that confirms a previous one, when the deletion is published. */
const DELETED: Refreshed = {
  settlement: { outcome: 'absent' },
  result: 'deleted',
  errors: [],
  omissions: NO_OMISSIONS,
};

/** The result of a 404 of an entity whose deletion was published before. */
const STILL_ABSENT: Refreshed = { ...DELETED, result: 'unchanged' };

/** Returns true for an entity whose deletion was published: only then is an absent one in the lane of rechecks. */
const isDeleted = ({ lane, wasAbsent }: Lease) => lane === 'recheck' && wasAbsent;

/**
 * Returns the result of a 404. One that confirms a previous one deletes the entity.
 *
 * @param publishDeletion returns the errors of what could not be published
 * @throws an error of {@link TmdbApi.proveAddress}
 */
export async function absent(
  lease: Lease,
  tools: RefreshTools,
  publishDeletion: () => Promise<readonly unknown[]>,
): Promise<Refreshed> {
  await tools.tmdb.proveAddress();
  if (!lease.wasAbsent) return missing(tools);
  if (isDeleted(lease)) return STILL_ABSENT;
  const errors = await publishDeletion();
  return errors.length > 0 ? failed(lease, tools, errors, lease) : DELETED;
}

/** Returns the result of a first 404. */
function missing({ confirmAfterSeconds }: RefreshTools): Refreshed {
  const settlement = { outcome: 'missing', confirmInSeconds: confirmAfterSeconds } as const;
  return { settlement, result: 'missing', errors: [], omissions: NO_OMISSIONS };
}

/**
 * Returns the result of a request with a response. After a change, an equal one may come from TMDb's cache, as may one of several responses,
 * of which no ETag covers all: parts that are requested apart may disagree.
 */
export function refreshed(
  lease: Lease,
  result: 'published' | 'unchanged',
  { etag, hashes }: PublishedContent,
  maxAgeSeconds: number,
): Refreshed {
  const mayBeCached = lease.lane === 'change' && (result === 'unchanged' || etag === null) && maxAgeSeconds > 0;
  return {
    settlement: {
      outcome: 'refreshed',
      content: { etag, hashes },
      maxAgeSeconds,
      recheckInSeconds: mayBeCached ? maxAgeSeconds : undefined,
    },
    result,
    errors: [],
    omissions: NO_OMISSIONS,
  };
}

/** Returns the result of a failure. @param content that of the parts which were published */
export function failed(
  lease: Lease,
  tools: RefreshTools,
  errors: readonly unknown[],
  content: PublishedContent,
): Refreshed {
  const settlement = settleFailure(lease, errors, content, tools.random);
  const result = settlement.outcome === 'released' ? 'released' : 'failed';
  return { settlement, result, errors, omissions: NO_OMISSIONS };
}
