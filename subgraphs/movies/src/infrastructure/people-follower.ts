import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { postgresTopBilledStore } from './postgres-top-billed-store.ts';

/**
 * Keeps who is billed first in movies as people tells of it, within the inbox's transaction. What was told before there was such a thing
 * says nothing of it. Nothing is announced: people's own change names the movie, in whose answers its similar movies stand.
 */
export const followingPeople: Following<'people'> = {
  entities: ['MovieCredits'],
  handler: async (tx, changes) => {
    const movies = changes.flatMap(({ entityId, change, facts }) => {
      const personIds = change === 'deleted' ? [] : facts?.topBilled;
      return personIds === undefined ? [] : [{ movieId: entityId, personIds }];
    });
    await postgresTopBilledStore(tx).save(movies);
  },
};
