import { addOmissions, type Omissions } from '../domain/omissions.ts';
import { toPersonDetails } from '../domain/person-details.ts';
import type { Publisher } from './publisher.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** The result of one person: the details are published, or as before, or TMDb returned 404. */
export interface PersonOutcome {
  readonly result: 'published' | 'unchanged' | 'absent';
  /** Hash of the content; null for an absent person. */
  readonly hash: string | null;
  /** The version of the observation. */
  readonly observedAt: Date;
  /** Unusable parts of TMDb's response. */
  readonly omissions: Omissions;
}

/**
 * Requests a person from TMDb and publishes the details. A missing person is left to the caller, which decides when a 404 is a deletion.
 *
 * @param observedAt version of the observation; by default the time of the request
 * @param previous hash of the content that was published last: equal content is not published again
 * @throws an error of {@link TmdbApi} or {@link Publisher}
 */
export async function ingestPerson(
  tmdb: TmdbApi,
  publisher: Publisher,
  id: number,
  observedAt?: Date,
  previous?: string,
): Promise<PersonOutcome> {
  const { requestedAt, body, omissions } = await tmdb.person(id);
  const version = observedAt ?? requestedAt;
  if (body === undefined) return { result: 'absent', hash: null, observedAt: version, omissions };
  const publication = await publisher.publishPerson(toPersonDetails(body), version, previous);
  return {
    result: publication.isPublished ? 'published' : 'unchanged',
    hash: publication.hash,
    observedAt: version,
    omissions: addOmissions(omissions, publication.omissions),
  };
}
