import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { followMovies } from '../application/follow-movies.ts';
import { postgresDeletedMovies } from './postgres-deleted-movies.ts';
import { postgresFollowedMovies } from './postgres-followed-movies.ts';
import { postgresRatingWriter } from './postgres-rating-writer.ts';
import { publishChanges } from './publish-changes.ts';

/** Applies changes of movies within the inbox's transaction. */
export const followingMovies: Following<'movies'> = {
  entities: ['Movie'],
  handler: async (tx, changes) => {
    const existing = changes
      .filter(({ change }) => change !== 'deleted')
      .map(({ entityId, facts }) => ({ movieId: entityId, adult: facts?.film?.adult ?? false }));
    const deleted = changes.filter(({ change }) => change === 'deleted').map(({ entityId }) => entityId);
    const movies = { existing, deleted };
    await publishChanges(
      tx,
      await followMovies(postgresRatingWriter(tx), postgresDeletedMovies(tx), postgresFollowedMovies(tx), movies),
    );
  },
};
