import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Movie, PersonBody, Review, ReviewPage } from '../tmdb/bodies.ts';

/**
 * Reads recorded bodies of TMDb from a folder: `movie/ID.json`, `movie/ID/credits.json`, `movie/ID/reviews.json`. Where only the first
 * page of reviews was recorded, the others are derived from it, with new ids and times, up to the recorded total.
 */
export async function recordedMovies(folder: string): Promise<Movie[]> {
  const body = async (...parts: string[]) => JSON.parse(await readFile(path.join(folder, 'movie', ...parts), 'utf8'));
  const files = (await readdir(path.join(folder, 'movie'))).filter((file) => /^\d+\.json$/.test(file));
  return Promise.all(
    files.map(async (file) => {
      const id = path.basename(file, '.json');
      return {
        details: await body(file),
        credits: await body(id, 'credits.json'),
        reviews: allReviews(await body(id, 'reviews.json')),
      };
    }),
  );
}

/** Reads recorded bodies of persons from a folder: `person/ID.json`. A folder without persons has none. */
export async function recordedPersons(folder: string): Promise<PersonBody[]> {
  const files = await readdir(path.join(folder, 'person')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const bodies = files.filter((file) => /^\d+\.json$/.test(file));
  return Promise.all(bodies.map(async (file) => JSON.parse(await readFile(path.join(folder, 'person', file), 'utf8'))));
}

function allReviews({ results, total_results }: ReviewPage): Review[] {
  const all = [...results];
  for (let position = results.length; position < total_results; position++) {
    const from = results[position % results.length] as Review;
    const id = position.toString(16).padStart(24, 'f');
    all.push({ ...from, id, created_at: new Date(Date.parse(from.created_at) + position).toISOString() });
  }
  return all;
}
