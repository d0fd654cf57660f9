import { toMovieCredits } from '../domain/movie-credits.ts';
import { toMovieDetails } from '../domain/movie-details.ts';
import { toMovieRatings } from '../domain/movie-ratings.ts';
import { addOmissions, NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { allReviews, PartNotFound } from './all-reviews.ts';
import { type PartFailure, toPartFailure } from './part-failure.ts';
import type { FilmPart, Publisher } from './publisher.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** The result of one film. */
export interface FilmOutcome {
  readonly published: readonly FilmPart[];
  /** TMDb does not know the film: it was deleted in every topic, or nothing of it is known to have been published. */
  readonly absent: 'deleted' | 'unknown' | null;
  readonly failed: readonly PartFailure[];
  /** The causes of the failures. */
  readonly errors: readonly unknown[];
  /** Parts of TMDb's answers that could not be used. */
  readonly omissions: Omissions;
}

const PARTS: readonly FilmPart[] = ['details', 'credits', 'ratings'];

/**
 * Requests a film's details, credits and reviews from TMDb at once, and publishes each part as soon as it is there. A film is deleted
 * when TMDb answers 404 to all three, and once more to the first. Never rejects: a part that fails is in the outcome and does not hold
 * up the others.
 */
export async function ingestFilm(tmdb: TmdbApi, publisher: Publisher, id: number): Promise<FilmOutcome> {
  const details = tmdb.movie(id);
  const credits = tmdb.credits(id);
  const reviews = allReviews(tmdb, id);
  const answers = Promise.allSettled([details, credits, reviews]);
  let omissions = NO_OMISSIONS;

  async function publishDetails(): Promise<boolean> {
    const { askedAt, body } = await details;
    if (!body) return absent('details');
    note(await publisher.publishDetails(toMovieDetails(body), askedAt));
    return true;
  }

  async function publishCredits(): Promise<boolean> {
    const { askedAt, body } = await credits;
    if (!body) return absent('credits');
    note(await publisher.publishCredits(toMovieCredits(id, body), askedAt));
    return true;
  }

  async function publishRatings(): Promise<boolean> {
    const [movie, all] = await Promise.all([details, reviews]);
    if (!movie.body) return absent('details');
    if (!all.body) return absent('reviews');
    note(await publisher.publishRatings(toMovieRatings(movie.body, all.body), earliest(movie.askedAt, all.askedAt)));
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

  const publish = { details: publishDetails, credits: publishCredits, ratings: publishRatings };
  const outcome = await settleParts(id, (part) => publish[part]());
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
  work: (part: FilmPart) => Promise<boolean>,
): Promise<Omit<FilmOutcome, 'absent' | 'omissions'>> {
  const published: FilmPart[] = [];
  const failed: PartFailure[] = [];
  const errors: unknown[] = [];
  await Promise.all(
    PARTS.map(async (part) => {
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

function earliest(one: Date, other: Date): Date {
  return one < other ? one : other;
}
