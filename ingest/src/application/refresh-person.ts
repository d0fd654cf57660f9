import { ingestPerson } from './ingest-person.ts';
import {
  DELETED,
  failed,
  isDeleted,
  missing,
  type Refreshed,
  type RefreshTools,
  refreshed,
  STILL_ABSENT,
} from './refresh.ts';
import type { Lease } from './work-queue.ts';

/** The one part of a person's content. */
const PART = 'details';

/**
 * Requests a leased person, and publishes the details when they have changed, with the version of the lease. A 404 deletes the person when
 * a previous one has told so before. Never rejects.
 */
export async function refreshPerson(lease: Lease, tools: RefreshTools): Promise<Refreshed> {
  const { tmdb, publisher, force } = tools;
  try {
    const previous = force ? undefined : lease.hashes[PART];
    const { result, hash, omissions } = await ingestPerson(tmdb, publisher, lease.id, lease.version, previous);
    if (hash !== null && result !== 'absent') {
      return { ...refreshed(lease, result, { etag: null, hashes: { [PART]: hash } }, 0), omissions };
    }
    await tmdb.proveAddress();
    if (!lease.wasAbsent) return missing(tools);
    if (isDeleted(lease)) return STILL_ABSENT;
    await publisher.publishPersonDeletion(String(lease.id), lease.version);
    return DELETED;
  } catch (error) {
    return failed(lease, tools, [error], lease);
  }
}
