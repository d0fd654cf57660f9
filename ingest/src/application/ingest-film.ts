import { MOVIE_PARTS, type MovieAnswers, type MoviePart, PART_NAMES } from '../domain/movie-parts.ts';
import { addOmissions, NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { allReviews, PartNotFound } from './all-reviews.ts';
import { type PartFailure, toPartFailure } from './part-failure.ts';
import type { Publisher } from './publisher.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** The result of one film. */
export interface FilmOutcome {
  readonly published: readonly MoviePart[];
  /** TMDb does not know the film: it was deleted in every topic, or nothing of it is known to have been published. */
  readonly absent: 'deleted' | 'unknown' | null;
  readonly failed: readonly PartFailure[];
  /** The causes of the failures. */
  readonly errors: readonly unknown[];
  /** Parts of TMDb's answers that could not be used. */
  readonly omissions: Omissions;
}

/**
 * Requests a film's details, credits and reviews from TMDb at once, and publishes each part as soon as it is there. A film is deleted
 * when TMDb answers 404 to all three, and once more to the first. Never rejects: a part that fails is in the outcome and does not hold
 * up the others.
 */
export async function ingestFilm(tmdb: TmdbApi, publisher: Publisher, id: number): Promise<FilmOutcome> {
  const requests = { details: tmdb.movie(id), credits: tmdb.credits(id), reviews: allReviews(tmdb, id) };
  const answers = Promise.allSettled(Object.values(requests));
  let omissions = NO_OMISSIONS;

  async function publish(part: MoviePart): Promise<boolean> {
    const { needs, toPayload } = MOVIE_PARTS[part];
    const received = await Promise.all(needs.map(async (name) => ({ name, ...(await requests[name]) })));
    const missing = received.find(({ body }) => !body);
    if (missing) return absent(missing.name);
    const answered = Object.fromEntries(received.map(({ name, body }) => [name, body])) as unknown as MovieAnswers;
    note(await publisher.publish(part, toPayload(answered, id), earliest(received.map(({ askedAt }) => askedAt))));
    return true;
  }

  /** A part that is not there fails, unless the whole film is not there. */
  async function absent(part: string): Promise<false> {
    if (isAbsent(await answers)) return false;
    throw new PartNotFound(`TMDb answers 404 to the film's ${part}, but not to all of it`);
  }

  function note(more: Omissions): void {
    omissions = addOmissions(omissions, more);
  }

  const outcome = await settleParts(id, publish);
  const settled = await answers;
  for (const answer of settled) if (answer.status === 'fulfilled') note(answer.value.omissions);
  if (!isAbsent(settled)) return { ...outcome, absent: null, omissions };
  return { ...(await deleteFilm(tmdb, publisher, id)), omissions };
}

function isAbsent(answers: readonly PromiseSettledResult<{ readonly body: unknown }>[]): boolean {
  return answers.every((answer) => answer.status === 'fulfilled' && answer.value.body === undefined);
}

/** Deletes a film in every topic, where TMDb has proven to be TMDb and says once more that there is none. */
async function deleteFilm(tmdb: TmdbApi, publisher: Publisher, id: number): Promise<Omit<FilmOutcome, 'omissions'>> {
  const confirmed = confirmAbsence(tmdb, id);
  const published = publisher.isPublished(String(id));
  const { failed, errors } = await settleParts(id, async (part) => {
    const askedAt = await confirmed;
    await published;
    // Where nothing is known of it, a deletion does no harm, and reaches who knows more than the log.
    await publisher.publishDeletion(part, String(id), askedAt);
    return false;
  });
  if (failed.length > 0) return { published: [], absent: null, failed, errors };
  return { published: [], absent: (await published) ? 'deleted' : 'unknown', failed, errors };
}

/** Returns when TMDb was asked: later than for anything that is published of the film. */
async function confirmAbsence(tmdb: TmdbApi, id: number): Promise<Date> {
  await tmdb.proveAddress();
  const { askedAt, body } = await tmdb.movie(id);
  if (body) throw new PartNotFound('TMDb answered 404 to all of the film, and then had its details');
  return askedAt;
}

/** Runs the work of these parts at once; resolves when all have ended, in one way or the other. */
async function settleParts(
  id: number,
  work: (part: MoviePart) => Promise<boolean>,
): Promise<Omit<FilmOutcome, 'absent' | 'omissions'>> {
  const published: MoviePart[] = [];
  const failed: PartFailure[] = [];
  const errors: unknown[] = [];
  await Promise.all(
    PART_NAMES.map(async (part) => {
      try {
        if (await work(part)) published.push(part);
      } catch (error) {
        failed.push(toPartFailure(id, part, error));
        errors.push(error);
      }
    }),
  );
  return { published, failed, errors };
}

function earliest(moments: readonly Date[]): Date {
  return new Date(Math.min(...moments.map(Number)));
}
