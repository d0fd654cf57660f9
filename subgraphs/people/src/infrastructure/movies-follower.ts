import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { followMovies } from '../application/follow-movies.ts';
import { postgresCreditWriter } from './postgres-credit-writer.ts';
import { postgresDeletedMovies } from './postgres-deleted-movies.ts';
import { postgresFollowedMovies } from './postgres-followed-movies.ts';
import { postgresPersonWriter } from './postgres-person-writer.ts';
import { publishChanges } from './publish-changes.ts';

/** Applies changes of movies within the inbox's transaction. */
export const followingMovies: Following<'movies'> = {
  entities: ['Movie'],
  handler: async (tx, changes) => {
    const existing = changes
      .filter(({ change }) => change !== 'deleted')
      .map(({ entityId, facts }) => ({
        movieId: entityId,
        releaseDate: facts?.film?.releaseDate ?? null,
        adult: facts?.film?.adult ?? false,
      }));
    const deleted = changes.filter(({ change }) => change === 'deleted').map(({ entityId }) => entityId);
    const movies = await followMovies(
      {
        persons: postgresPersonWriter(tx),
        credits: postgresCreditWriter(tx),
        followed: postgresFollowedMovies(tx),
        movies: postgresDeletedMovies(tx),
      },
      { existing, deleted },
    );
    await publishChanges(tx, { personIds: [], movies });
  },
};
