import { addOmissions } from '../domain/omissions.ts';
import { toPersonDetails } from '../domain/person-details.ts';
import { absent, failed, type Refreshed, type RefreshTools, refreshed } from './refresh.ts';
import type { FoundPerson } from './tmdb-api.ts';
import type { Lease } from './work-queue.ts';

/** The one part of a person's content. */
const PART = 'details';
/** Not that of the response: a person whose response was equal stays among those that today's list requests again. */
const MAX_AGE_SECONDS = 0;

/**
 * Requests a leased person, and publishes the details when they have changed, with the version of the lease. A 404 deletes the person when
 * a previous one has told so before. Never rejects.
 */
export async function refreshPerson(lease: Lease, tools: RefreshTools): Promise<Refreshed> {
  try {
    const response = await tools.tmdb.person(lease.id, tools.force ? null : lease.etag);
    if (response.result === 'absent') return await absent(lease, tools, () => publishDeletion(lease, tools));
    if (response.result === 'found') return await publishPerson(lease, tools, response);
    return refreshed(lease, 'unchanged', lease, MAX_AGE_SECONDS);
  } catch (error) {
    return failed(lease, tools, [error], lease);
  }
}

async function publishPerson(lease: Lease, tools: RefreshTools, person: FoundPerson): Promise<Refreshed> {
  const previous = tools.force ? undefined : lease.hashes[PART];
  const details = toPersonDetails(person.details);
  const { hash, isPublished, omissions } = await tools.publisher.publishPerson(details, lease.version, previous);
  const content = { etag: person.etag, hashes: { [PART]: hash } };
  return {
    ...refreshed(lease, isPublished ? 'published' : 'unchanged', content, MAX_AGE_SECONDS),
    omissions: addOmissions(person.omissions, omissions),
  };
}

async function publishDeletion({ id, version }: Lease, { publisher }: RefreshTools): Promise<readonly unknown[]> {
  await publisher.publishPersonDeletion(String(id), version);
  return [];
}
