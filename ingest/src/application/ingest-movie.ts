import { MOVIE_PARTS, type MoviePart } from '../domain/generated/movie-parts.ts';
import type { MovieResponses } from '../domain/movie-part.ts';
import { addOmissions, NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { PartNotFound } from './all-reviews.ts';
import { requestSeparately } from './movie-requests.ts';
import type { PartFailure } from './part-failure.ts';
import type { Publisher } from './publisher.ts';
import { settleParts } from './settle-parts.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** The result of one movie. */
export interface MovieOutcome {
  readonly published: readonly MoviePart[];
  /** Hash of the content of each published part. */
  readonly hashes: Readonly<Record<string, string>>;
  /** For a movie that TMDb does not have: `deleted` when the log held its details, otherwise `unknown`. */
  readonly absent: 'deleted' | 'unknown' | null;
  readonly failed: readonly PartFailure[];
  /** Causes of the failures. */
  readonly errors: readonly unknown[];
  /** Unusable parts of TMDb's responses. */
  readonly omissions: Omissions;
}

/**
 * Requests a movie's details, credits and reviews from TMDb in parallel, and publishes each part as soon as it arrives. Deletes the
 * movie when TMDb returns 404 for all three, and again for the details. The events have the version, or else the time of their request. Never rejects: a part that fails is in the outcome and does not
 * delay the others.
 */
export async function ingestMovie(
  tmdb: TmdbApi,
  publisher: Publisher,
  id: number,
  version?: Date,
): Promise<MovieOutcome> {
  const requests = requestSeparately(tmdb, id);
  const responses = Promise.allSettled(Object.values(requests));
  const hashes: Record<string, string> = {};
  let omissions = NO_OMISSIONS;

  async function publish(part: MoviePart): Promise<boolean> {
    const { needs, toPayload } = MOVIE_PARTS[part];
    const received = await Promise.all(needs.map(async (name) => ({ name, ...(await requests[name]) })));
    const missing = received.find(({ body }) => !body);
    if (missing) return absent(missing.name);
    const bodies = Object.fromEntries(received.map(({ name, body }) => [name, body])) as unknown as MovieResponses;
    const observedAt = version ?? earliest(received.map(({ requestedAt }) => requestedAt));
    const publication = await publisher.publish(part, toPayload(bodies, id), observedAt);
    hashes[part] = publication.hash;
    note(publication.omissions);
    return true;
  }

  /** Returns false when the whole movie is absent. Rejects when only this part is. */
  async function absent(part: string): Promise<false> {
    if (isAbsent(await responses)) return false;
    throw new PartNotFound(`TMDb returned 404 for the movie's ${part}, but not for all of its parts`);
  }

  function note(more: Omissions): void {
    omissions = addOmissions(omissions, more);
  }

  const outcome = await settleParts(id, publish);
  const settled = await responses;
  for (const response of settled) if (response.status === 'fulfilled') note(response.value.omissions);
  if (!isAbsent(settled)) return { ...outcome, hashes, absent: null, omissions };
  return { ...(await deleteMovie(tmdb, publisher, id, version)), hashes: {}, omissions };
}

function isAbsent(responses: readonly PromiseSettledResult<{ readonly body: unknown }>[]): boolean {
  return responses.every((response) => response.status === 'fulfilled' && response.value.body === undefined);
}

/** Publishes the deletion to every topic, once the base URL is proven to be TMDb's and the details return 404 again. */
async function deleteMovie(
  tmdb: TmdbApi,
  publisher: Publisher,
  id: number,
  version: Date | undefined,
): Promise<Omit<MovieOutcome, 'omissions' | 'hashes'>> {
  const confirmed = confirmAbsence(tmdb, id);
  const published = publisher.isPublished(String(id));
  const { failed, errors } = await settleParts(id, async (part) => {
    const requestedAt = await confirmed;
    await published;
    // A deletion of an unknown movie does no harm, and reaches consumers that have more than the log.
    await publisher.publishDeletion(part, String(id), version ?? requestedAt);
    return false;
  });
  if (failed.length > 0) return { published: [], absent: null, failed, errors };
  return { published: [], absent: (await published) ? 'deleted' : 'unknown', failed, errors };
}

/** Returns the time of the confirming request, which is later than that of any published part. */
async function confirmAbsence(tmdb: TmdbApi, id: number): Promise<Date> {
  await tmdb.proveAddress();
  const { requestedAt, body } = await tmdb.movie(id);
  if (body) throw new PartNotFound('TMDb returned 404 for all parts of the movie, and then returned its details');
  return requestedAt;
}

function earliest(times: readonly Date[]): Date {
  return new Date(Math.min(...times.map(Number)));
}
