import { addOmissions, type Omissions } from '../domain/omissions.ts';
import { toPersonDetails } from '../domain/person-details.ts';
import type { Publisher } from './publisher.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** The result of one person: the details are published, or TMDb returned 404. */
export interface PersonOutcome {
  readonly result: 'published' | 'absent';
  /** The version of the observation. */
  readonly observedAt: Date;
  /** Unusable parts of TMDb's response. */
  readonly omissions: Omissions;
}

/**
 * Requests a person from TMDb and publishes the details. A missing person is left to the caller, which decides when a 404 is a deletion.
 *
 * @param observedAt version of the observation; by default the time of the request
 * @throws an error of {@link TmdbApi} or {@link Publisher}
 */
export async function ingestPerson(
  tmdb: TmdbApi,
  publisher: Publisher,
  id: number,
  observedAt?: Date,
): Promise<PersonOutcome> {
  const { requestedAt, body, omissions } = await tmdb.person(id);
  const version = observedAt ?? requestedAt;
  if (body === undefined) return { result: 'absent', observedAt: version, omissions };
  const more = await publisher.publishPerson(toPersonDetails(body), version);
  return { result: 'published', observedAt: version, omissions: addOmissions(omissions, more) };
}
