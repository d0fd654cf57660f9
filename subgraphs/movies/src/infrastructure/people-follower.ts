import type { Following } from '@marquee/inbox-outbox/change-consumer';
import { postgresTopBilledStore } from './postgres-top-billed-store.ts';

/**
 * Stores the persons billed first in movies from events of the people subgraph, within the inbox's transaction. Older events do not have
 * them. Publishes no change: the people subgraph's own one has the movie's tag, which responses with its similar movies have.
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
