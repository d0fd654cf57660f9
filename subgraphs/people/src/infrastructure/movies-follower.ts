import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { followMovies } from '../application/follow-movies.ts';
import { announce } from './announce.ts';
import { creditWriter } from './credit-writer.ts';
import { deletedFilms } from './deleted-films.ts';
import { knownFilms } from './known-films.ts';
import { personWriter } from './person-writer.ts';

/** Follows which films there are, within the inbox's transaction. */
export const followingMovies: Following<'movies'> = {
  entities: ['Movie'],
  handler: async (tx, changes) => {
    const there = changes
      .filter(({ change }) => change !== 'deleted')
      .map(({ entityId, facts }) => ({
        movieId: entityId,
        releaseDate: facts?.film?.releaseDate ?? null,
        adult: facts?.film?.adult ?? false,
      }));
    const deleted = changes.filter(({ change }) => change === 'deleted').map(({ entityId }) => entityId);
    const films = await followMovies(
      { persons: personWriter(tx), credits: creditWriter(tx), known: knownFilms(tx), films: deletedFilms(tx) },
      { there, deleted },
    );
    await announce(tx, { personIds: [], films });
  },
};
