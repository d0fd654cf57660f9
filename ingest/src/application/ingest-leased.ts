import { NO_OMISSIONS } from '../domain/omissions.ts';
import { settleFailure } from './failure.ts';
import type { MovieOutcome } from './ingest-movie.ts';
import { toPartFailure } from './part-failure.ts';
import type { Lease, Settlement, WorkQueue } from './work-queue.ts';

/** Time between two attempts to lease a movie that another replica holds, and the number of attempts: a minute. */
const POLL_MS = 500;
const MAX_POLLS = 120;

/** The movie is leased by another replica. */
class MovieLeased extends Error {
  readonly code = 'MOVIE_LEASED';
}

/**
 * Ingests a movie under a lease of the queue, which gives its events their version, and records the result there. Waits for another
 * replica that holds the movie, for a minute. Never rejects.
 */
export async function ingestLeased(
  queue: WorkQueue,
  id: number,
  ingest: (version: Date) => Promise<MovieOutcome>,
): Promise<MovieOutcome> {
  try {
    const lease = await leaseMovie(queue, id);
    const outcome = await ingest(lease.version);
    await queue.settle(lease, settlementOf(lease, outcome));
    return outcome;
  } catch (error) {
    return notLeased(id, error);
  }
}

async function leaseMovie(queue: WorkQueue, id: number): Promise<Lease> {
  for (let polls = 0; polls < MAX_POLLS; polls += 1) {
    const lease = await queue.leaseOne({ kind: 'movie', id });
    if (lease) return lease;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new MovieLeased('another replica has been working on the movie for a minute');
}

function settlementOf(lease: Lease, outcome: MovieOutcome): Settlement {
  if (outcome.absent !== null) return { outcome: 'absent' };
  const content = { etag: null, hashes: { ...lease.hashes, ...outcome.hashes } };
  if (outcome.errors.length > 0) return settleFailure(lease, outcome.errors, content, Math.random);
  return { outcome: 'refreshed', content, maxAgeSeconds: 0 };
}

/** Returns the outcome of a movie whose lease failed. */
function notLeased(id: number, error: unknown): MovieOutcome {
  const failed = [toPartFailure(id, 'details', error)];
  return { published: [], hashes: {}, absent: null, failed, errors: [error], omissions: NO_OMISSIONS };
}
