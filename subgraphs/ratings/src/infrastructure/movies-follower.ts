import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { followMovies } from '../application/follow-movies.ts';
import { announce } from './announce.ts';
import { deletedFilms } from './deleted-films.ts';
import { knownFilms } from './known-films.ts';
import { ratingWriter } from './rating-writer.ts';

/** Follows which films there are, within the inbox's transaction. */
export const followingMovies: Following<'movies'> = {
  entities: ['Movie'],
  handler: async (tx, changes) => {
    const there = changes
      .filter(({ change }) => change !== 'deleted')
      .map(({ entityId, facts }) => ({ movieId: entityId, adult: facts?.film?.adult ?? false }));
    const deleted = changes.filter(({ change }) => change === 'deleted').map(({ entityId }) => entityId);
    const films = { deleted, there };
    await announce(tx, await followMovies(ratingWriter(tx), deletedFilms(tx), knownFilms(tx), films));
  },
};
