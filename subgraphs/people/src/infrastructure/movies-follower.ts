import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { followMovies } from '../application/follow-movies.ts';
import { announce } from './announce.ts';
import { creditWriter } from './credit-writer.ts';
import { deletedFilms } from './deleted-films.ts';

/** Follows which films there are, within the inbox's transaction. */
export const followingMovies: Following<'movies'> = {
  entities: ['Movie'],
  handler: async (tx, changes) => {
    const idsOf = (deleted: boolean) =>
      changes.filter(({ change }) => (change === 'deleted') === deleted).map(({ entityId }) => entityId);
    const films = await followMovies(creditWriter(tx), deletedFilms(tx), { deleted: idsOf(true), there: idsOf(false) });
    await announce(tx, { personIds: [], films });
  },
};
