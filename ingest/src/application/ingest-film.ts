import { toMovieCredits } from '../domain/movie-credits.ts';
import { toMovieDetails } from '../domain/movie-details.ts';
import { toMovieRatings } from '../domain/movie-ratings.ts';
import { allReviews, PartNotFound } from './all-reviews.ts';
import { type PartFailure, toPartFailure } from './part-failure.ts';
import type { FilmPart, Publisher } from './publisher.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** What became of one film. */
export interface FilmOutcome {
  readonly published: readonly FilmPart[];
  /** TMDb does not know the film: it was deleted in every topic. */
  readonly deleted: boolean;
  readonly failed: readonly PartFailure[];
  /** What the failures came from. */
  readonly errors: readonly unknown[];
}

const PARTS: readonly FilmPart[] = ['details', 'credits', 'ratings'];

/**
 * Asks TMDb for a film's details, credits and reviews at once, and publishes each part as soon as it is there. Never rejects: a part
 * that fails is in the outcome and does not hold up the others.
 */
export async function ingestFilm(tmdb: TmdbApi, publisher: Publisher, id: number): Promise<FilmOutcome> {
  const details = tmdb.movie(id);
  const credits = tmdb.credits(id);
  const reviews = allReviews(tmdb, id);

  async function publishDetails(): Promise<boolean> {
    const { askedAt, body } = await details;
    if (body) await publisher.publishDetails(toMovieDetails(body), askedAt);
    return body !== undefined;
  }

  async function publishCredits(): Promise<boolean> {
    const { askedAt, body } = await credits;
    if (!body) return absent('credits');
    await publisher.publishCredits(toMovieCredits(id, body), askedAt);
    return true;
  }

  async function publishRatings(): Promise<boolean> {
    const [movie, all] = await Promise.all([details, reviews]);
    if (!movie.body) return false;
    if (!all.body) return absent('reviews');
    await publisher.publishRatings(toMovieRatings(movie.body, all.body), earliest(movie.askedAt, all.askedAt));
    return true;
  }

  /** A part that is not there fails, unless the whole film is not there. */
  async function absent(part: string): Promise<false> {
    const movie = await details;
    if (!movie.body) return false;
    throw new PartNotFound(`TMDb has the film but not its ${part} (404)`);
  }

  const publish = { details: publishDetails, credits: publishCredits, ratings: publishRatings };
  const outcome = await settleParts(id, (part) => publish[part]());

  const answers = await Promise.allSettled([details, credits, reviews]);
  const [movie] = answers;
  if (movie.status === 'rejected' || movie.value.body) return { ...outcome, deleted: false };
  // Credits may have been answered still, and be published already. The deletion comes after them, so it must not be the older one.
  const askedAt = answers.reduce((latest, answer) => {
    return answer.status === 'fulfilled' && answer.value.askedAt > latest ? answer.value.askedAt : latest;
  }, movie.value.askedAt);
  const deletion = await settleParts(id, async (part) => {
    await publisher.publishDeletion(part, String(id), askedAt);
    return true;
  });
  return { ...deletion, published: outcome.published, deleted: deletion.failed.length === 0 };
}

/** Runs the work of every part at once; resolves when all have ended, in one way or the other. */
async function settleParts(
  id: number,
  work: (part: FilmPart) => Promise<boolean>,
): Promise<Omit<FilmOutcome, 'deleted'>> {
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
