import { MOVIE_PARTS } from '../domain/generated/movie-parts.ts';
import type { MovieResponses } from '../domain/movie-part.ts';
import { addOmissions, NO_OMISSIONS } from '../domain/omissions.ts';
import type { TmdbCredits } from '../domain/tmdb.ts';
import { PartNotFound } from './all-reviews.ts';
import { takeAppended } from './movie-requests.ts';
import { absent, failed, type Refreshed, type RefreshTools, refreshed } from './refresh.ts';
import { settleParts } from './settle-parts.ts';
import type { WholeMovie } from './tmdb-api.ts';
import type { Candidate, Lease } from './work-queue.ts';

/**
 * Requests a leased movie by one request, and publishes the parts whose content has changed, with the version of the lease. A 404 deletes
 * the movie when a previous one has told so before. Never rejects.
 */
export async function refreshMovie(lease: Lease, tools: RefreshTools): Promise<Refreshed> {
  try {
    const response = await tools.tmdb.wholeMovie(lease.id, tools.force ? null : lease.etag);
    if (response.result === 'absent') return await absent(lease, tools, () => publishDeletion(lease, tools));
    if (response.result === 'found') return await publishMovie(lease, tools, response);
    return refreshed(lease, 'unchanged', lease, response.maxAgeSeconds);
  } catch (error) {
    return failed(lease, tools, [error], lease);
  }
}

async function publishMovie(lease: Lease, tools: RefreshTools, whole: WholeMovie): Promise<Refreshed> {
  const requests = takeAppended(tools.tmdb, lease.id, whole);
  const responses = Promise.allSettled(Object.values(requests));
  const hashes: Record<string, string> = { ...lease.hashes };
  let omissions = NO_OMISSIONS;
  const { published, errors } = await settleParts(lease.id, async (part) => {
    const { needs, toPayload } = MOVIE_PARTS[part];
    const received = await Promise.all(needs.map(async (name) => ({ name, ...(await requests[name]) })));
    const missing = received.find(({ body }) => !body);
    if (missing)
      throw new PartNotFound(`TMDb returned 404 for the movie's ${missing.name}, but not for all of its parts`);
    const bodies = Object.fromEntries(received.map(({ name, body }) => [name, body])) as unknown as MovieResponses;
    const previous = tools.force ? undefined : lease.hashes[part];
    const publication = await tools.publisher.publish(part, toPayload(bodies, lease.id), lease.version, previous);
    hashes[part] = publication.hash;
    omissions = addOmissions(omissions, publication.omissions);
    return publication.isPublished;
  });
  for (const response of await responses) {
    if (response.status === 'fulfilled') omissions = addOmissions(omissions, response.value.omissions);
  }
  const credits = await requests.credits.catch(() => undefined);
  if (credits?.body && hashes.credits !== lease.hashes.credits) await tools.onPersons(personsOf(credits.body));
  if (errors.length > 0) return { ...failed(lease, tools, errors, { etag: null, hashes }), omissions };
  const content = { etag: coversAll(whole) ? whole.etag : null, hashes };
  const result = published.length > 0 ? 'published' : 'unchanged';
  return { ...refreshed(lease, result, content, whole.maxAgeSeconds), omissions };
}

/** Returns true when an equal ETag means equal content: nothing was requested separately. */
function coversAll({ credits, reviews }: WholeMovie): boolean {
  return credits !== undefined && reviews?.body !== undefined && (reviews.body.total_pages ?? 0) <= 1;
}

function personsOf({ cast, crew }: TmdbCredits): Candidate[] {
  return [...cast, ...crew].map(({ id, popularity }) => ({ id, popularity: popularity ?? 0 }));
}

async function publishDeletion({ id, version }: Lease, { publisher }: RefreshTools): Promise<readonly unknown[]> {
  const { errors } = await settleParts(id, async (part) => {
    await publisher.publishDeletion(part, String(id), version);
    return true;
  });
  return errors;
}
