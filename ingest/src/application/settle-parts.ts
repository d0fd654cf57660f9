import { type MoviePart, PART_NAMES } from '../domain/generated/movie-parts.ts';
import { type PartFailure, toPartFailure } from './part-failure.ts';

/** The published parts of a movie, and the failures of the others with their causes. */
export interface SettledParts {
  readonly published: readonly MoviePart[];
  readonly failed: readonly PartFailure[];
  readonly errors: readonly unknown[];
}

/** Runs `work` for all parts of a movie in parallel; resolves when all have settled. `work` returns true when it published the part. */
export async function settleParts(id: number, work: (part: MoviePart) => Promise<boolean>): Promise<SettledParts> {
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
