import { entityKey } from '@marquee/events/change-codec';
import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { writeChanges } from '@marquee/inbox-outbox/write-changes';
import type { Queryable } from '@marquee/postgres/queryable';
import type { WrittenMovie } from '../application/movie-catalogue.ts';

/** Cache tag of every response with this movie. */
const movieTag = (id: string) => `movie-${id}`;

/** Cache tag of every list of movies. */
export const MOVIES_TAG = 'movies';

/** Writes changes of movies into the outbox, and returns their versions by id. */
export async function publishChanges(
  tx: Queryable,
  written: readonly WrittenMovie[],
): Promise<(id: string) => number | undefined> {
  const versions = await writeChanges(
    tx,
    MOVIES_CHANGES,
    written.map((movie) => {
      const about = { entity: 'Movie', id: movie.id, tags: [movieTag(movie.id), MOVIES_TAG] } as const;
      if (movie.deleted) return { ...about, deleted: true as const };
      return { ...about, facts: { film: { releaseDate: movie.releaseDate, ...(movie.adult && { adult: true }) } } };
    }),
  );
  return (id) => versions.get(entityKey('Movie', id));
}
